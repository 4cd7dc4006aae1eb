// What passes from the view of a crowd to its page: the types of messages.py.

/**
 * What the view of a crowd shows: its chart, as SVG.
 *
 * @typedef {object} CrowdSnapshot
 * @property {string} svg
 */

export {};
