import type { PendingRequest } from "./pending_request.ts";
import type { Refusal } from "./refusal.ts";
import type { RewrittenRequest } from "../paths/request_rewriter.ts";

/** A request that the engine is not to get. Its client waits for an answer. */
export interface RefusedRequest {
  readonly request: PendingRequest;
  readonly refusal: Refusal;
  /** Whether the connection is to end with the answer. */
  readonly closes: boolean;
}

/** A request that may hold host paths, of which all has been read, or the head of one that starts a container. */
export interface HeldRequest {
  readonly request: PendingRequest;
  /** Whether the connection is to end with a refusal. */
  readonly closes: boolean;
  /** What the engine is to get. It waits for files, or for another distro; rejects with the signal's reason. */
  rewrite(signal: AbortSignal): RewrittenRequest | Promise<RewrittenRequest>;
}

/**
 * What is to be sent to the engine, as it is or once its paths are translated, or answered in its place once all before
 * it has been answered.
 */
export type RequestPiece = Uint8Array | HeldRequest | RefusedRequest;
