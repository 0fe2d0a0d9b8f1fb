import { OPERATING_SYSTEM } from "./operating_system.ts";
import { bindRuntimeUdp, hasRuntimeUdp } from "./runtime_udp.ts";
import type { UdpSocket, UdpSocketOptions } from "./udp_socket.ts";
import { requireUnshared } from "./unshared_port.ts";

/**
 * Binds a UDP port on one address and only there: `::` does not take IPv4 along, on any system.
 *
 * @throws {Deno.errors.AddrInUse} {@linkcode Deno.errors.AddrNotAvailable}, {@linkcode Deno.errors.PermissionDenied}
 */
export async function bindUdp(options: UdpSocketOptions): Promise<UdpSocket> {
  const { address, port } = options;
  requireUnshared({ protocol: "udp", address, port });
  // On Linux, `::` takes the same port of IPv4 along, unless an option is set that only node:dgram can set.
  const sharesPort = address === "::" && port !== 0 && OPERATING_SYSTEM === "linux";
  if (hasRuntimeUdp() && !sharesPort) return bindRuntimeUdp(options);
  return await (await import("./node_udp.ts")).bindNodeUdp(options);
}
