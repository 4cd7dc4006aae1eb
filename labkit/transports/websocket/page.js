// The chat page of a WebSocket server.

import { showChat } from "../page/chat_page.js";
import { connectRaw } from "./connection.js";

showChat(connectRaw);
