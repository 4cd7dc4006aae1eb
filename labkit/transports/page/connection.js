// What a chat page and a connection want of each other. Each protocol has a connection.js that
// keeps to this, and a page.js that shows the page with it.

/** @typedef {"connecting" | "open" | "reconnecting" | "closed"} State */

/** @typedef {"sending" | "acknowledged" | "failed"} SendStatus */

/**
 * A line of the conversation.
 *
 * @typedef {object} Line
 * @property {"said" | "heard" | "event" | "note"} kind
 * @property {string} text
 * @property {string} [room]  in which it was said
 * @property {boolean} [isEcho]  whether it is one's own, and came back from the server
 */

/**
 * What a connection tells its page.
 *
 * @typedef {object} Page
 * @property {(state: State, further?: string) => void} showState
 * @property {(sid: string) => void} showSid  the session id that it has while it is open
 * @property {() => void} askName  asks for its name, which may have changed while it is open
 * @property {(transport: string) => void} showTransport  how messages travel now; "" hides it
 * @property {(rooms: string[]) => void} showRooms  those that one is in by now
 * @property {(...parts: (Node | string)[]) => void} showHint
 * @property {(line: Line) => void} add
 */

/**
 * What a page asks of its connection, which begins to connect when it is made.
 *
 * @typedef {object} Connection
 * @property {boolean} isOpen
 * @property {string} key  by which the server knows it, while it is open (page_key.py)
 * @property {() => void} connect  connects again
 * @property {(text: string, room: string, mark: (status: SendStatus) => void) => void} say  sends a
 *   text to a room, "" for everybody; `mark` is called where the protocol tells what became of it
 * @property {(event: "join" | "leave", room: string) => Promise<boolean>} [move]  goes into a room
 *   or out of it, and tells whether that was acknowledged; without it there are no rooms
 */

/** @typedef {(page: Page) => Connection} Connect */

export {};
