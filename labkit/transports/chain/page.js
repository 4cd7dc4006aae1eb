// The chat page of a server that answers over several transports.

import { showChat } from "../page/chat_page.js";
import { connectByChain } from "./connection.js";

document.title = "labkit chat over a fallback chain";
showChat(connectByChain);
