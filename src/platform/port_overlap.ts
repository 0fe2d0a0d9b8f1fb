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
