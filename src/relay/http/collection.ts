import type { BodySubject } from "../paths/host_paths.ts";
import { RELAY_LIMITS } from "../relay_limits.ts";
import { ChunkScanner } from "./chunk_scanner.ts";
import type { RequestHead } from "./http_head.ts";
import { type Refusal, UNREADABLE_PATHS } from "./refusal.ts";

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

/**
 * Begins the collection of a request whose head has come, or says why that is not possible.
 *
 * @param allowBody Asks the client for its body, which waits for leave to send it; returns whether it was asked.
 */
export function beginCollection(
  head: RequestHead,
  subject: BodySubject,
  headLength: number,
  allowBody: () => boolean,
): Refusal | Collection {
  const length = Math.max(head.contentLength, 0);
  if (head.encoded) return UNREADABLE_PATHS.encoding;
  if (!head.chunked && length > RELAY_LIMITS.rewrittenBodyBytes) return UNREADABLE_PATHS.size;
  return {
    subject,
    headLength,
    chunks: head.chunked ? new ChunkScanner() : undefined,
    totalLength: headLength + length,
    continued: head.expectsContinue && allowBody(),
    closes: head.closes,
  };
}
