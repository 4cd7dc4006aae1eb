// The chat page of a server that holds its answers back.

import { showChat } from "../page/chat_page.js";
import { connectByLongPolling } from "./connection.js";

document.title = "labkit chat by long polling";
showChat(connectByLongPolling);
