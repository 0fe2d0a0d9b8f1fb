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
