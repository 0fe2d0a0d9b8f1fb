import { findPortHolderOnLinux } from "./linux/port_holder.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";
import { findOpenSocket, findPortHolderOnWindows } from "./windows/port_holder.ts";

/** Who keeps a port from being listened on. */
export type PortHolder =
  | {
    readonly kind: "process";
    /** Unknown where this user may not see it. */
    readonly processId?: number;
    /** Name of the program, without its folder. */
    readonly name?: string;
    /** Whose process it is, where its id is unknown: "user id 0". */
    readonly user?: string;
  }
  /** The system keeps a range of ports for itself. */
  | { readonly kind: "reserved"; readonly first: number; readonly last: number };

/** A port of this machine. */
export interface MachinePort {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/** Finds out who holds a port that could not be listened on; `undefined` if that cannot be known. Never rejects. */
export async function findPortHolder(port: MachinePort): Promise<PortHolder | undefined> {
  try {
    return await (OPERATING_SYSTEM === "linux" ? findPortHolderOnLinux(port) : findPortHolderOnWindows(port));
  } catch {
    return undefined; // it is only for a better message
  }
}

/**
 * Makes sure that no other program has a port, where the system itself would let two have it.
 *
 * @throws {Deno.errors.AddrInUse} if one has.
 */
export function requireUnshared(port: MachinePort): void {
  if (OPERATING_SYSTEM === "windows" && findOpenSocket(port) !== undefined) {
    throw new Deno.errors.AddrInUse("another program listens there");
  }
}
