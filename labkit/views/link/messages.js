// What passes between the view of a link and the kernel: the types of messages.py.

/**
 * What the view of a link shows beside its rows, which the page asks for. `leavings` changes when
 * rows that were shown have left the link since.
 *
 * @typedef {object} LinkSnapshot
 * @property {boolean} following
 * @property {string} name
 * @property {"closed" | "cut" | "whole"} link
 * @property {number} connectionCount
 * @property {number} count
 * @property {number} dropped
 * @property {number} leavings
 * @property {string[]} kinds
 */

/**
 * A row; `at` is in seconds since the first one, `size` in bytes, 0 of what is a mere fact. `fate`
 * says what became of it in the link, "" if it passed at once.
 *
 * @typedef {object} ShownRow
 * @property {number} n
 * @property {number} at
 * @property {number} connection
 * @property {"" | "downstream" | "upstream"} direction
 * @property {string} arrow
 * @property {string} kind
 * @property {number} size
 * @property {string} text
 * @property {string} problem
 * @property {string} fate
 */

/**
 * The result of a window: so many rows from the `first` match on, and how many match. `hidden` is
 * the number of heartbeats that match and are hidden, `hasOpened` whether the row that is open
 * matches.
 *
 * @typedef {object} Rows
 * @property {number} first
 * @property {number} matching
 * @property {number} hidden
 * @property {boolean} hasOpened
 * @property {ShownRow[]} rows
 */

/**
 * A field of a layer; `hex` are its first bytes, of which there are `more`.
 *
 * @typedef {object} ShownField
 * @property {string} name
 * @property {string} value
 * @property {string} meaning
 * @property {string} hex
 * @property {number} more
 */

/**
 * A layer of a row, and how many bytes it added.
 *
 * @typedef {object} ShownLayer
 * @property {string} name
 * @property {string} summary
 * @property {number} added
 * @property {ShownField[]} fields
 */

/**
 * The result of a row: its layers; no line if it is no longer kept.
 *
 * @typedef {object} RowDetails
 * @property {number} number
 * @property {ShownRow | null} line
 * @property {ShownLayer[]} layers
 */

/**
 * The result of an export: a HAR file's name and text.
 *
 * @typedef {object} HarFile
 * @property {string} name
 * @property {string} text
 */

/**
 * Give so many `rows` from the `first` match on (-1: the last ones), of those that match.
 * `heartbeats` are hidden or not. A row may be `opened`, 0 for none.
 *
 * @typedef {object} Window
 * @property {"window"} kind
 * @property {number} id
 * @property {number} first
 * @property {number} rows
 * @property {string} direction
 * @property {string} of
 * @property {string} text
 * @property {boolean} heartbeats
 * @property {number} opened
 */

/**
 * Give a row with its layers, by its number.
 *
 * @typedef {object} OpenRow
 * @property {"row"} kind
 * @property {number} id
 * @property {number} number
 */

/**
 * Give the whole record as a HAR file.
 *
 * @typedef {object} Export
 * @property {"har"} kind
 * @property {number} id
 */

/** @typedef {Window | OpenRow | Export} LinkAction */

export {};
