import type { Joinable } from "../streams/join_streams.ts";

/** A stream that the engine opens towards this machine. */
export interface EngineStream {
  readonly target: string;
  accept(): Joinable;
  refuse(reason: string): void;
}
