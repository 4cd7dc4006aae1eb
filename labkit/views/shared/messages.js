// What passes between a view and the kernel, whatever it shows: the types of actions.py.

/**
 * From where the view's page is: the first action of each view.
 *
 * @typedef {object} Page
 * @property {"page"} kind
 * @property {number} id
 * @property {string} origin
 */

/**
 * What the page learns about an action: once, or "received" first if it takes long.
 *
 * @typedef {object} Answer
 * @property {"received" | "accepted" | "refused"} kind
 * @property {number | null} id
 * @property {string} why
 * @property {Record<string, unknown>} [result]
 */

/**
 * An action before it has its number.
 *
 * @template {{ kind: string, id: number }} T
 * @typedef {T extends unknown ? Omit<T, "id"> : never} Unnumbered
 */

export {};
