import { createHash } from "node:crypto";
import type { ContentSink } from "../delta/content_sink.ts";
import type { ContentName } from "../delta/delta_header.ts";
import { readFrame } from "../delta/read_frame.ts";
import { COMPONENT_WINDOW_LOG, STAGING_PIECE_BYTES } from "./staging_limits.ts";

/** A frame cannot be read, or holds something else than it should; `state` fits behind "Cannot ...: ". */
export class FrameError extends Error {
  override readonly name = "FrameError";
  constructor(readonly state: string, options?: ErrorOptions) {
    super(`Cannot expand the frame: ${state}`, options);
  }
}

/** What a component is expanded from, and what has to come out. */
export interface ExpandOptions {
  /** One zstd frame. */
  readonly stored: AsyncIterable<Uint8Array>;
  readonly content: ContentName;
  /** Where the content goes; without one it is only checked. */
  readonly sink?: ContentSink;
  readonly signal: AbortSignal;
}

/**
 * Expands a component and checks its length and hash. What is in the sink counts only if this resolves; it is not on the disk yet.
 *
 * @throws {FrameError} if the frame is damaged, or holds something else.
 * @throws What writing to the sink failed with, or the signal's reason.
 */
export async function expandFrame({ stored, content, sink, signal }: ExpandOptions): Promise<void> {
  const limits = { windowLog: COMPONENT_WINDOW_LOG, pieceBytes: STAGING_PIECE_BYTES };
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of decoded(readFrame(stored, limits))) {
    signal.throwIfAborted();
    length += piece.length;
    if (length > content.length) throw new FrameError("it holds more than it should");
    hash.update(piece);
    await sink?.write(piece);
  }
  if (length < content.length) throw new FrameError("it holds less than it should");
  if (hash.digest("hex") !== content.id) throw new FrameError("it holds something else");
}

/** Tells errors of reading from those of writing. */
async function* decoded(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const next = await pieces.next().catch((cause) => {
        throw new FrameError("it is damaged", { cause });
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await pieces.return(undefined);
  }
}
