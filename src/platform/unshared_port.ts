import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { MachinePort } from "./port_holder.ts";
import { findOpenSocket } from "./windows/open_socket.ts";

/**
 * Makes sure that no other program has a port, where the system itself would let two have it. Synchronous, since the
 * caller listens right after it.
 *
 * @throws {Deno.errors.AddrInUse} if one has.
 */
export function requireUnshared(port: MachinePort): void {
  if (OPERATING_SYSTEM === "windows" && findOpenSocket(port) !== undefined) {
    throw new Deno.errors.AddrInUse("another program is listening there");
  }
}
