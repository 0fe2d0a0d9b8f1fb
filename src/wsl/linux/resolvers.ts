/**
 * The text of the resolv.conf that all distros share, from that of the host. A resolver on the host's loopback
 * cannot be reached from the distros' network; then the ones behind systemd-resolved are taken, and public
 * ones if there are none.
 *
 * @param behind the text of /run/systemd/resolve/resolv.conf, or `null`
 */
export function sharedResolvConf(host: string, behind: string | null): string {
  const reachable = (text: string) => nameservers(text).filter((address) => !isLoopback(address));
  const source = reachable(host).length > 0 || behind === null ? host : behind;
  const found = reachable(source);
  const addresses = found.length > 0 ? found : PUBLIC_RESOLVERS;
  const others = source.split("\n").filter((line) => /^\s*(search|domain|options)\s/.test(line));
  return [
    "# Written by wsl for all distributions.",
    ...addresses.map((address) => `nameserver ${address}`),
    ...others.map((line) => line.trim()),
    "",
  ].join("\n");
}

/** Last resort on a host whose only resolver is a program on its loopback. */
const PUBLIC_RESOLVERS = ["1.1.1.1", "8.8.8.8"];

function nameservers(text: string): string[] {
  return text.split("\n").flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}

/** The distros' network is IPv4 only, so a resolver with an IPv6 address is as far away as a loopback one. */
function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address.includes(":") || address === "0.0.0.0";
}
