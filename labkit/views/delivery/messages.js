// What passes from the view of deliveries to its page: the types of messages.py.

/**
 * What the view of deliveries shows.
 *
 * What is counted, and the numbers of messages so far; null where one is not known yet. What is
 * said of them, and, if a promise was broken, the smallest part that proves it, as SVG and as text.
 *
 * @typedef {object} DeliverySnapshot
 * @property {string} counted
 * @property {number} messages
 * @property {null | number} lost
 * @property {null | number} duplicated
 * @property {null | number} reordered
 * @property {string} said
 * @property {string} svg
 * @property {string} part
 */

export {};
