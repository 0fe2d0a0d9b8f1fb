import type { ChunkScanner } from "./chunk_scanner.ts";
import type { BodySubject } from "../paths/host_paths.ts";
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

/** A request that may hold host paths. All of it has been read. */
export interface HeldRequest {
  readonly request: PendingRequest;
  /** Whether the connection is to end with a refusal. */
  readonly closes: boolean;
  /** What the engine is to get. Looks at the machine's files, so it may take its time; rejects with the signal's reason. */
  rewrite(signal: AbortSignal): RewrittenRequest | Promise<RewrittenRequest>;
}

/**
 * What is to be sent to the engine, as it is or once its paths are translated, or answered in its place once all before
 * it has been answered.
 */
export type RequestPiece = Uint8Array | HeldRequest | RefusedRequest;

/** A request that is passed on only once all of it has arrived. */
export interface Collection {
  readonly subject: BodySubject;
  readonly headLength: number;
  /** Finds the end of a chunked body. */
  readonly chunks: ChunkScanner | undefined;
  /** Length of head and body, if declared. */
  readonly totalLength: number;
  readonly continued: boolean;
  readonly closes: boolean;
}
