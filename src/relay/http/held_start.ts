import type { RequestHead } from "./http_head.ts";
import type { PendingRequest } from "./pending_request.ts";
import { refusedStart } from "./refusal.ts";
import type { HeldRequest } from "./request_piece.ts";

/**
 * Called before the engine is asked to start a container, by any request for that; the request waits. Rejects only with
 * the signal's reason, which is aborted when the client leaves.
 *
 * @param container A name or an id, as the client wrote it.
 * @returns Why the container cannot be started now: a whole sentence without a final period.
 */
export type BeforeStart = (
  container: string,
  signal: AbortSignal,
) => string | undefined | Promise<string | undefined>;

/** A start that waits for leave; nobody sends it a body, so that a refused one with a body ends the connection. */
export function heldStart(
  { head, bytes, request, container }: {
    readonly head: RequestHead;
    /** The bytes of the head. */
    readonly bytes: Uint8Array;
    readonly request: PendingRequest;
    readonly container: string;
  },
  beforeStart: BeforeStart,
): HeldRequest {
  const decided = (reason: string | undefined) =>
    reason === undefined ? bytes : { refusal: refusedStart(reason) };
  return {
    request,
    closes: head.closes || head.chunked || head.contentLength > 0,
    rewrite: (signal) => {
      const reason = beforeStart(container, signal);
      return reason instanceof Promise ? reason.then(decided) : decided(reason);
    },
  };
}
