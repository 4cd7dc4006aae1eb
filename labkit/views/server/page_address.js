// Where a server's chat page is, seen from Jupyter's page.

/** @import { ServerSnapshot } from "./messages.js" */

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Behind a hub the kernel's ports are reached through Jupyter's own address only.
 *
 * @param {Pick<ServerSnapshot, "host" | "port" | "path">} server
 * @param {string} jupyterHost  name of the host that Jupyter's page is from
 * @param {string} baseUrl  path of Jupyter there
 */
export function pageAddress({ host, port, path }, jupyterHost, baseUrl) {
  if (!LOCAL.includes(jupyterHost)) return `${baseUrl.replace(/\/*$/, "")}/proxy/${port}${path}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
}

/** Returns the path of Jupyter, as its page says. */
export function jupyterPath() {
  const config = document.getElementById("jupyter-config-data");
  return String((config && JSON.parse(config.textContent).baseUrl) || "/");
}
