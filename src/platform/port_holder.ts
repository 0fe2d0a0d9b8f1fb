/** What prevents listening on a port. */
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
