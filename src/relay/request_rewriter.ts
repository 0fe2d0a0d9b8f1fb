import { ChunkScanner } from "./chunk_scanner.ts";
import { headForBody } from "./http_head.ts";
import { type BodySubject, concatBytes, translateBody } from "./host_paths.ts";
import type { TranslatePath } from "./translate_path.ts";

/** A whole request as it came over the wire. */
export interface CollectedRequest {
  readonly bytes: Uint8Array;
  /** How many of them are the head. */
  readonly headLength: number;
  readonly chunked: boolean;
  /** Whether the client has been told to go on, so that the engine must not tell it again. */
  readonly continued: boolean;
}

/** What the engine is to get, or what its client is to read because the engine is to get nothing. */
export type RewrittenRequest = Uint8Array | { readonly refusal: string };

/**
 * The request with its host paths translated. Without a path to translate the bytes are those that came,
 * chunks included.
 */
export function rewriteRequest(
  request: CollectedRequest,
  subject: BodySubject,
  translate: TranslatePath,
): RewrittenRequest {
  const head = request.bytes.subarray(0, request.headLength);
  const wireBody = request.bytes.subarray(request.headLength);
  const body = request.chunked ? withoutChunks(wireBody) : wireBody;
  const translation = translateBody(body, subject, translate);
  if (translation.kind === "refused") return { refusal: translation.message };
  if (translation.kind === "unchanged" && !request.continued) return request.bytes;
  const newBody = translation.kind === "changed" ? translation.body : body;
  return concatBytes([headForBody(head, newBody.length), newBody]);
}

function withoutChunks(wireBody: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  new ChunkScanner().scan(wireBody, 0, (start, end) => pieces.push(wireBody.subarray(start, end)));
  return concatBytes(pieces);
}
