import { ChunkScanner } from "./chunk_scanner.ts";
import { headForBody } from "./http_head.ts";
import { type BodySubject, concatBytes, translateBody, type TranslatePath } from "./host_paths.ts";

/** A whole request as it came over the wire. */
export interface CollectedRequest {
  readonly bytes: Uint8Array;
  /** How many of them are the head. */
  readonly headLength: number;
  readonly chunked: boolean;
  /** Whether the client has been told to go on, so that the engine must not tell it again. */
  readonly continued: boolean;
}

/**
 * The request with its host paths translated. Without a path to translate the bytes are those that came,
 * chunks included.
 */
export function rewriteRequest(
  request: CollectedRequest,
  subject: BodySubject,
  translate: TranslatePath,
): Uint8Array {
  const head = request.bytes.subarray(0, request.headLength);
  const wireBody = request.bytes.subarray(request.headLength);
  const body = request.chunked ? withoutChunks(wireBody) : wireBody;
  const translated = translateBody(body, subject, translate);
  if (translated === undefined && !request.continued) return request.bytes;
  const newBody = translated ?? body;
  return concatBytes([headForBody(head, newBody.length), newBody]);
}

function withoutChunks(wireBody: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  new ChunkScanner().scan(wireBody, 0, (start, end) => pieces.push(wireBody.subarray(start, end)));
  return concatBytes(pieces);
}
