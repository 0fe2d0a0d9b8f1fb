/** An address as text, `127.0.0.1` or `::1`; IPv6 is shortened only where all or all but the last are zero. Pure. */
export function ipText(bytes: Uint8Array | readonly number[]): string {
  return bytes.length === 4 ? bytes.join(".") : ipv6Text([...bytes]);
}

function ipv6Text(bytes: readonly number[]): string {
  if (bytes.every((byte) => byte === 0)) return "::";
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return "::1";
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return `::ffff:${bytes.slice(12).join(".")}`;
  const groups: string[] = [];
  for (let index = 0; index < bytes.length; index += 2) {
    groups.push(((bytes[index]! << 8) | bytes[index + 1]!).toString(16));
  }
  return groups.join(":");
}

/**
 * Whether two listeners on the same port get in each other's way. `::` may have been opened for both families, so it
 * is taken to hold them. Pure.
 */
export function overlaps(held: string, wanted: string): boolean {
  if (held === wanted || held === "::" || held === `::ffff:${wanted}`) return true;
  const isIpv6 = (address: string) => address.includes(":");
  if (isIpv6(held) !== isIpv6(wanted)) return false;
  return held === "0.0.0.0" || wanted === "0.0.0.0" || wanted === "::";
}

/** `address:port`, with brackets where the address has colons itself. Pure. */
export function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether the text is an address of IPv6, given that it is an address at all. Pure. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

const IPV4_BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${IPV4_BYTE}(?:\\.${IPV4_BYTE}){3}$`);
/** With an interface or without; which groups there are, the URL parser says. */
const IPV6 = /^([0-9a-f:.]{2,45})(?:%[\w.-]{1,64})?$/i;

/** Whether the text is an address of IPv4 or IPv6, as `isIP` of `node:net`, which takes long to load. Pure. */
export function isIp(text: string): boolean {
  if (!isIpv6(text)) return IPV4.test(text);
  const address = IPV6.exec(text)?.[1];
  return address !== undefined && URL.canParse(`http://[${address}]`);
}

/** A port number, 1 to 65535, in decimal digits. Pure. */
export function parsePort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
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
