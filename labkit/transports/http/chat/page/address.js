// Addresses on the page's own server, relative to the page: so they also lead through a link, a
// path prefix, a proxy.

/**
 * @param {string} path  without a slash at its start
 * @param {Record<string, string | number>} [query]  what is "" is left out
 */
export function addressOf(path, query = {}) {
  const address = new URL(path, location.href);
  address.search = location.search; // a server may want the token that stands there
  for (const [name, value] of Object.entries(query)) {
    if (value !== "") address.searchParams.set(name, String(value));
  }
  return address;
}
