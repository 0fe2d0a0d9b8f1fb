/**
 * Names that VPN programs give to their interfaces, on Windows and Linux. A guess is enough: the result is a hint.
 */
const VPN_REGEXP =
  /^(?:tun|tap|wg|ppp|utun|tailscale|nordlynx|proton|zt|gpd)\d*$|vpn|wireguard|anyconnect|globalprotect|fortinet|fortissl|zscaler|tailscale|pangp|pulse secure|netskope|cloudflare warp|zerotier/i;
/** Shown at most: a hint does not list devices. */
const MAXIMUM = 3;

/** The interfaces of this machine that look like a VPN's and have an address. */
export function vpnInterfaces(interfaces = Deno.networkInterfaces()): string[] {
  const names = interfaces.filter(({ address }) => !/^(?:127\.|::1$|fe80:)/.test(address)).map(({ name }) =>
    name
  );
  return [...new Set(names)].filter((name) => VPN_REGEXP.test(name)).slice(0, MAXIMUM);
}
