// What passes from the view of deliveries to its page: the types of messages.py.

/**
 * What the view of deliveries shows.
 *
 * The numbers so far; null where one is not known yet. What is said of them, and, if a promise was
 * broken, the smallest part that proves it, as SVG and as text.
 *
 * @typedef {object} DeliverySnapshot
 * @property {number} delivered
 * @property {null | number} lost
 * @property {number} duplicated
 * @property {string} said
 * @property {string} svg
 * @property {string} part
 */

export {};
