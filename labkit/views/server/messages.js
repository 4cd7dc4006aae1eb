// What passes between the view of a server and the kernel: the types of messages.py.

/**
 * Where a connection is: a namespace, whole and as it is shown, and the rooms there.
 *
 * @typedef {object} ShownPlace
 * @property {string} namespace
 * @property {string} shown
 * @property {string} sid
 * @property {string[]} rooms
 */

/**
 * A connection; `since` is in Unix seconds, `received` counts messages where they are known.
 *
 * @typedef {object} ShownConnection
 * @property {number} number
 * @property {string} name
 * @property {number} since
 * @property {null | number} received
 * @property {string} transport
 * @property {ShownPlace[]} places
 * @property {number} morePlaces
 */

/**
 * What happened at a server; `at` is in Unix seconds.
 *
 * @typedef {object} ShownEvent
 * @property {number} at
 * @property {string} text
 * @property {"closed" | "connected" | "dropped" | "error" | "ignored" | "joined" | "left" | "message" | "refused"} kind
 */

/**
 * What the view of a server shows; `blocked` are seconds.
 *
 * @typedef {object} ServerSnapshot
 * @property {boolean} following
 * @property {string} name
 * @property {string} protocol
 * @property {boolean} running
 * @property {string} host
 * @property {number} port
 * @property {string} path
 * @property {boolean} hasRooms
 * @property {ShownConnection[]} connections
 * @property {number} connected
 * @property {Record<string, number>} counts
 * @property {ShownEvent[]} events
 * @property {string[]} errors
 * @property {number[]} blocked
 */

/**
 * Disconnect a connection, by its number.
 *
 * @typedef {object} Disconnect
 * @property {"disconnect"} kind
 * @property {number} id
 * @property {number} connection
 */

/**
 * Put a connection into a room of a namespace, or take it out.
 *
 * @typedef {object} Move
 * @property {"move"} kind
 * @property {number} id
 * @property {number} connection
 * @property {string} namespace
 * @property {string} room
 * @property {boolean} into
 */

/** @typedef {Disconnect | Move} ServerAction */

export {};
