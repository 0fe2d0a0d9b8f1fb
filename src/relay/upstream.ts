import { errorText } from "../errors/error_text.ts";
import type { Duplex } from "../streams/duplex.ts";

/** A stream to the engine. */
export interface Upstream extends Duplex {
  /** The number that both ends of the link know it by, where it has one. */
  readonly id?: number | undefined;
}

/**
 * Opens a fresh stream to the engine; may take seconds while the engine starts. The signal is aborted when the
 * client goes away meanwhile. The stream may also fail later, at its first read. In both cases the client gets
 * {@linkcode upstreamState}.
 */
export type OpenUpstream = (signal: AbortSignal) => Promise<Upstream>;

/** Why a stream to the engine failed, as it ends the sentence "Cannot reach the Docker engine: ". */
export function upstreamState(error: unknown): string {
  // The mux keeps the peer's own words apart from what it says about its stream.
  const detail = error instanceof Error && "detail" in error ? error.detail : undefined;
  return typeof detail === "string" ? detail : errorText(error);
}
