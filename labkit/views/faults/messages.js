// What passes between fault switches and the kernel: the types of messages.py.

/**
 * A value of a fault that can be changed: its name, and the number.
 *
 * @typedef {object} ShownNumber
 * @property {string} name
 * @property {number} number
 */

/**
 * A fault: whether it acts, what it is called, what it does, and what it has done so far.
 *
 * @typedef {object} ShownFault
 * @property {number} number
 * @property {boolean} isOn
 * @property {string} word
 * @property {string} effect
 * @property {string[]} facts
 * @property {ShownNumber[]} numbers
 */

/**
 * What the switches show: the faults that act, and those that acted before.
 *
 * @typedef {object} FaultsSnapshot
 * @property {boolean} following
 * @property {string} name
 * @property {boolean} isForAll
 * @property {boolean} isOver
 * @property {boolean} isDown
 * @property {ShownFault[]} faults
 * @property {null | number} healsIn
 * @property {string} code
 */

/**
 * Switch a fault on or off, by its number.
 *
 * @typedef {object} Switch
 * @property {"switch"} kind
 * @property {number} id
 * @property {number} fault
 * @property {boolean} on
 */

/**
 * Give a value of a fault another number, which is as it was typed.
 *
 * @typedef {object} Change
 * @property {"change"} kind
 * @property {number} id
 * @property {number} fault
 * @property {string} name
 * @property {string} number
 */

/**
 * Put the plug in place, or pull it.
 *
 * @typedef {object} TurnPlug
 * @property {"plug"} kind
 * @property {number} id
 * @property {boolean} in_place
 */

/**
 * Add a black hole.
 *
 * @typedef {object} DigHole
 * @property {"black_hole"} kind
 * @property {number} id
 */

/**
 * Add a latency, or change it; `seconds` are as they were typed.
 *
 * @typedef {object} SlowDown
 * @property {"slow"} kind
 * @property {number} id
 * @property {string} seconds
 */

/**
 * Remove every fault.
 *
 * @typedef {object} Heal
 * @property {"heal"} kind
 * @property {number} id
 */

/**
 * Remove every fault after some seconds, which are as they were typed.
 *
 * @typedef {object} HealLater
 * @property {"heal_later"} kind
 * @property {number} id
 * @property {string} seconds
 */

/** @typedef {Switch | Change | TurnPlug | DigHole | SlowDown | Heal | HealLater} FaultAction */

export {};
