import { WindlassError } from "../../../errors/windlass_error.ts";
import type { Target } from "../../../proxy/way.ts";

/** As in `Target`. */
export type CheckTarget = Pick<Target, "hostname" | "port">;

const TLS_PORT = 443;
/** Where `docker.io` keeps its images; the name itself is that of a web site. */
const DOCKER_HUB = "registry-1.docker.io";
const DOCKER_HUB_NAMES: readonly string[] = ["docker.io", "index.docker.io"];
const ADDRESS_REGEXP = /^[^\s/?#@\\]*[^\s/?#@\\:]$/;

/**
 * The host that a user names: `HOST`, `HOST:PORT`, the address of a page, or the name of an image with its registry. Pure.
 *
 * @throws {WindlassError} `WL_NETWORK_HOST_INVALID`
 *
 * @example `checkTarget("ghcr.io")` is `{ hostname: "ghcr.io", port: 443 }`.
 */
export function checkTarget(text: string): CheckTarget {
  const [, scheme = "https", rest = ""] = /^(?:(https?):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const authority = rest.split("/", 1)[0]!;
  const url = ADDRESS_REGEXP.test(authority) ? URL.parse(`${scheme}://${authority}`) : null;
  if (url === null || url.hostname === "" || url.port === "0") {
    // What is before an '@' may be a password.
    const shown = text.includes("@") ? "the host" : `'${text}'`;
    throw new WindlassError(
      "WL_NETWORK_HOST_INVALID",
      `Cannot check ${shown}: it is not the name of a host`,
    );
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  const port = url.port !== "" ? Number(url.port) : scheme.toLowerCase() === "http" ? 80 : TLS_PORT;
  return { hostname: DOCKER_HUB_NAMES.includes(hostname) ? DOCKER_HUB : hostname, port };
}
