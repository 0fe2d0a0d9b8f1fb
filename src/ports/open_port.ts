import type { Log } from "../logging/log.ts";
import type { ConnectionShare } from "../overload/connection_budget.ts";
import type { Joinable } from "../streams/join_streams.ts";
import type { PortTraffic } from "./port_traffic.ts";

/** Opens a stream into the engine, such as `tcp:172.17.0.2:80`. Throws when the engine is gone. */
export type OpenTarget = (target: string) => Joinable;

/** Options of {@linkcode openPort}. */
export interface OpenPortOptions {
  /** Address of this machine to listen on. */
  readonly address: string;
  readonly port: number;
  /** Where the clients' bytes go. */
  readonly target: string;
  readonly openTarget: OpenTarget;
  /** Room for one more client; `undefined` if the port has as many as it may. */
  readonly takeShare: () => ConnectionShare | undefined;
  readonly traffic: PortTraffic;
  readonly log: Log;
}

/** A port that is listened on. */
export interface OpenPort {
  /** Ends it and all its connections; resolves when the port is free again. Repeating it does nothing. */
  close(): Promise<void>;
}
