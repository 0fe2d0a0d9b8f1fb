/** Names and ports by which everything inside the engine reaches what the host serves for it. */

/** Names that stand for the user's machine. */
export const HOST_NAMES: readonly string[] = ["host.docker.internal", "gateway.docker.internal"];

/** The name of the network proxy, */
export const PROXY_HOSTNAME = "http.docker.internal";
/** the port on which it is reached, the same as in Docker Desktop, */
export const PROXY_PORT = 3128;
/** and both as programs are configured with them. */
export const PROXY_URL = `http://${PROXY_HOSTNAME}:${PROXY_PORT}`;
