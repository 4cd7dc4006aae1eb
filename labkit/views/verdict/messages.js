// What passes from the view of a hearing to its page: the types of messages.py.

/**
 * What the view of a hearing shows.
 *
 * How many repeats were measured, of how many; and in words which experiments are measured now,
 * or that it is over.
 *
 * @typedef {object} HearingSnapshot
 * @property {number} done
 * @property {number} wanted
 * @property {string} said
 * @property {boolean} over
 */

export {};
