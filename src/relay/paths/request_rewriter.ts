import { ChunkScanner } from "../http/chunk_scanner.ts";
import { type Refusal, refusedPath } from "../http/refusal.ts";
import { headForBody } from "../http/head_for_body.ts";
import { type BodySubject, type BodyTranslation, concatBytes, translateBody } from "./host_paths.ts";
import type { TranslatePath } from "./translate_path.ts";

/** A whole request as it came over the wire. */
export interface CollectedRequest {
  readonly bytes: Uint8Array;
  /** How many of them are the head. */
  readonly headLength: number;
  readonly chunked: boolean;
  /** Whether the client has got its `100 Continue`, so that the engine must not send another one. */
  readonly continued: boolean;
}

/** What the engine is to get, or what its client is to read because the engine is to get nothing. */
export type RewrittenRequest = Uint8Array | { readonly refusal: Refusal };

/**
 * The request with its host paths translated. Without a path to translate the bytes are those that came,
 * chunks included. A promise only if a translation is one; that rejects as the translation does.
 */
export function rewriteRequest(
  request: CollectedRequest,
  subject: BodySubject,
  translate: TranslatePath,
  signal: AbortSignal,
): RewrittenRequest | Promise<RewrittenRequest> {
  const head = request.bytes.subarray(0, request.headLength);
  const wireBody = request.bytes.subarray(request.headLength);
  const body = request.chunked ? withoutChunks(wireBody) : wireBody;
  const rewritten = (translation: BodyTranslation): RewrittenRequest => {
    if (translation.kind === "refused") return { refusal: refusedPath(translation.message) };
    if (translation.kind === "unchanged" && !request.continued) return request.bytes;
    const newBody = translation.kind === "changed" ? translation.body : body;
    return concatBytes([headForBody(head, newBody.length), newBody]);
  };
  const translation = translateBody(body, subject, translate, signal);
  return translation instanceof Promise ? translation.then(rewritten) : rewritten(translation);
}

/** Moves the content together in a copy: pieces of one byte each would cost far more than their bytes. */
function withoutChunks(wireBody: Uint8Array): Uint8Array {
  const body = wireBody.slice();
  let length = 0;
  new ChunkScanner().scan(wireBody, 0, (start, end) => {
    body.copyWithin(length, start, end);
    length += end - start;
  });
  return body.subarray(0, length);
}
