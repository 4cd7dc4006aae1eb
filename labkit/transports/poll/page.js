// The chat page of a server that is polled.

import { showChat } from "../page/chat_page.js";
import { connectByPolling } from "./connection.js";

document.title = "labkit chat by polling";
showChat(connectByPolling);
