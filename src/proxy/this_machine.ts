/** Which hosts stand for the user's machine. A container must not come to more of it than `host.docker.internal` gives. */
const NAMES = new Set(["localhost", "host.docker.internal", "gateway.docker.internal"]);

/** The proxy itself, which forwards nothing to itself. */
export const PROXY_NAME = "http.docker.internal";

/**
 * Whether a host, as {@linkcode Target} has it, is the user's machine by its text alone. Names that resolve to it are
 * found when they are resolved. Pure.
 */
export function isThisMachine(hostname: string): boolean {
  return NAMES.has(hostname) || hostname.endsWith(".localhost") || isLoopback(hostname);
}

/** Whether an address leads to the machine that connects to it: loopback, unspecified, or either within IPv6. Pure. */
export function isLoopback(address: string): boolean {
  if (!address.includes(":")) return LOOPBACK_IPV4.test(address);
  const text = address.replace(/%.*$/, "");
  if (!URL.canParse(`http://[${text}]`)) return false;
  // The URL standard writes an address in one way only, the last 32 bits in hexadecimal digits.
  const normal = new URL(`http://[${text}]`).hostname.slice(1, -1);
  if (normal === "::" || normal === "::1") return true;
  const [, high] = EMBEDDED_IPV4.exec(normal) ?? [];
  if (high === undefined) return false;
  const first = parseInt(high, 16) >> 8;
  return first === 127 || (first === 0 && normal.startsWith("::ffff:"));
}

/** Linux takes all of 0/8 that it connects to for itself. */
const LOOPBACK_IPV4 = /^(?:127|0)\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
/** IPv4-mapped, IPv4-compatible and IPv4-translated addresses. */
const EMBEDDED_IPV4 = /^::(?:ffff:)?(?:0:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
