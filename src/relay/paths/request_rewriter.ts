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
 * The body of a request for a container, whose paths are those of the engine, as the engine is to get it; the same bytes
 * if nothing is to be changed. A promise of it rejects with the signal's reason.
 */
export type ChangeContainer = (body: Uint8Array, signal: AbortSignal) => Uint8Array | Promise<Uint8Array>;

/** What requests are rewritten with. */
export interface Rewriting {
  readonly translatePath: TranslatePath;
  /** @default Containers stay as they are. */
  readonly changeContainer?: ChangeContainer | undefined;
}

/**
 * The request with its host paths translated, and with what a new container is to have besides. Without a change the bytes
 * are those that came, chunks included. A promise only if a translation is one; that rejects as the translation does.
 */
export function rewriteRequest(
  request: CollectedRequest,
  subject: BodySubject,
  { translatePath, changeContainer }: Rewriting,
  signal: AbortSignal,
): RewrittenRequest | Promise<RewrittenRequest> {
  const head = request.bytes.subarray(0, request.headLength);
  const wireBody = request.bytes.subarray(request.headLength);
  const body = request.chunked ? withoutChunks(wireBody) : wireBody;
  const finished = (newBody: Uint8Array): Uint8Array => {
    if (newBody === body && !request.continued) return request.bytes;
    return concatBytes([headForBody(head, newBody.length), newBody]);
  };
  const rewritten = (translation: BodyTranslation): RewrittenRequest | Promise<RewrittenRequest> => {
    if (translation.kind === "refused") return { refusal: refusedPath(translation.message) };
    const translated = translation.kind === "changed" ? translation.body : body;
    if (subject !== "container" || changeContainer === undefined) return finished(translated);
    const changed = changeContainer(translated, signal);
    return changed instanceof Promise ? changed.then(finished) : finished(changed);
  };
  const translation = translateBody(body, subject, translatePath, signal);
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
