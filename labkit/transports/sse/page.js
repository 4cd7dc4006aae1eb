// The chat page of a server that sends events.

import { showChat } from "../page/chat_page.js";
import { connectByEvents } from "./connection.js";

document.title = "labkit chat over server-sent events";
showChat(connectByEvents);
