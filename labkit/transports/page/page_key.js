// The key by which a page and its server know the page's connection (labkit/transports/page_key.py).

const PARAMETER = "labkit-page";

/** Returns a key that nobody else has, drawn by chance. */
export function drawKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Returns the page's own address with a key at its end, behind what stands there: a server may want
 * the token, and a learner's handler sees that part as it is.
 *
 * @param {string} key
 */
export function addressWithKey(key) {
  const address = new URL(".", location.href);
  const { search } = location;
  address.search = `${search}${search ? "&" : "?"}${PARAMETER}=${encodeURIComponent(key)}`;
  return address;
}
