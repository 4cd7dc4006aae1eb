// The chat page of a Socket.IO server.

import { showChat } from "../../page/chat_page.js";
import { connectSocketIO } from "./connection.js";

document.title = "labkit chat on Socket.IO";
showChat(connectSocketIO);
