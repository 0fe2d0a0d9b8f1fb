import { findPortHolderOnLinux } from "./linux/port_holder.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

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
    return OPERATING_SYSTEM === "linux" ? await findPortHolderOnLinux(port) : undefined;
  } catch {
    return undefined; // it is only for a better message
  }
}
