// What passes between a chat box and the kernel: the types of messages.py.

/**
 * The state of a connection: its name in the code, and how it is shown.
 *
 * @typedef {object} ShownState
 * @property {"closed" | "closing" | "connecting" | "open" | "reconnecting"} key
 * @property {string} shape
 * @property {string} word
 */

/**
 * A line of the conversation; `n` counts from the first one ever, `at` is in Unix seconds.
 * `isEcho` says that one's own message came back from the server.
 *
 * @typedef {object} ShownEntry
 * @property {number} n
 * @property {"heard" | "note" | "said"} kind
 * @property {string} text
 * @property {string} room
 * @property {boolean} isEcho
 * @property {number} at
 * @property {"" | "acknowledged" | "failed" | "sending" | "sent"} sendStatus
 */

/**
 * A fault on a client's link, in a few words; `healsIn` counts down in seconds.
 *
 * @typedef {object} FaultOnLink
 * @property {string} summary
 * @property {null | number} healsIn
 */

/**
 * What a chat box shows: newest entries last; `retryAt` is in Unix seconds.
 *
 * @typedef {object} ChatSnapshot
 * @property {string} name
 * @property {ShownState} state
 * @property {boolean} following
 * @property {string} reason
 * @property {"closed" | "cut" | "whole"} link
 * @property {FaultOnLink[]} faults
 * @property {string} badge
 * @property {string[]} rooms
 * @property {number} moreRooms
 * @property {number} attempt
 * @property {null | number} retryAt
 * @property {ShownEntry[]} entries
 * @property {number} total
 */

/**
 * Say a text.
 *
 * @typedef {object} Send
 * @property {"send"} kind
 * @property {number} id
 * @property {string} text
 */

/**
 * Put the plug in place, or pull it.
 *
 * @typedef {object} Plug
 * @property {"plug"} kind
 * @property {number} id
 * @property {boolean} in_place
 */

/**
 * Connect again, or do not wait for the next attempt.
 *
 * @typedef {object} Open
 * @property {"open"} kind
 * @property {number} id
 */

/** @typedef {Send | Plug | Open} ChatAction */

export {};
