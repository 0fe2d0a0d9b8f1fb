import type { Duplex } from "../streams/duplex.ts";

/** The engine's end of a connection. */
export interface UpstreamDuplex extends Duplex {
  /** Aborted as soon as the engine's side has closed both directions, where the transport can tell. */
  readonly gone?: AbortSignal;
}

/**
 * Opens a fresh stream to the engine; may take seconds while the engine starts. The signal is aborted when the
 * client goes away meanwhile. A rejection's message ends the sentence "Cannot reach the Docker engine: ".
 */
export type OpenUpstream = (signal: AbortSignal) => Promise<UpstreamDuplex>;
