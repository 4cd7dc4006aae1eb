// Where a server's chat page is, seen from Jupyter's page.

/** @import { ServerSnapshot } from "./messages.js" */

/**
 * What Jupyter's page says of Jupyter: its path; the user, if it is a hub's; and whether it passes
 * requests on to the kernel's ports (jupyter-server-proxy).
 *
 * @typedef {{ baseUrl: string, hubUser: string, hasProxy: boolean }} Jupyter
 */

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

const PROXY = "@jupyterhub/jupyter-server-proxy";

/**
 * Returns the addresses of a server's page, the likely one first. A browser reaches the kernel's
 * ports only on its own machine. If Jupyter is there by its name, the kernel may be elsewhere
 * nevertheless: in a container, or at the other end of a tunnel. A hub's always may.
 *
 * @param {Pick<ServerSnapshot, "host" | "port" | "path">} server
 * @param {string} jupyterHost  name of the host that Jupyter's page is from
 * @param {Jupyter} jupyter
 * @returns {[string, ...string[]]}
 */
export function pageAddresses({ host, port, path }, jupyterHost, { baseUrl, hubUser, hasProxy }) {
  const proxied = `${baseUrl.replace(/\/*$/, "")}/proxy/${port}${path}`;
  if (hubUser || !LOCAL.includes(jupyterHost)) return [proxied];
  const direct = `http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`;
  return hasProxy ? [direct, proxied] : [direct];
}

/** @returns {Jupyter} */
export function readJupyter() {
  const config = document.getElementById("jupyter-config-data");
  const { baseUrl, hubUser, federated_extensions } = config ? JSON.parse(config.textContent) : {};
  return {
    baseUrl: String(baseUrl || "/"),
    hubUser: String(hubUser || ""),
    hasProxy: JSON.stringify(federated_extensions ?? []).includes(`"${PROXY}"`),
  };
}
