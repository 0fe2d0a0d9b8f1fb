/** Where the bytes of a stream are gathered, up to a limit. */
export interface CollectOptions {
  readonly maximumBytes: number;
  /** Called once when the stream holds more than that; what follows is read and dropped. */
  readonly onTooLong: () => void;
  /** Ends the reading; what is there by then is the result. */
  readonly signal: AbortSignal;
}

/** Reads a stream to its end, or until the signal. Never rejects: a broken pipe is the end of it. */
export async function collectOutput(
  stream: ReadableStream<Uint8Array>,
  options: CollectOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isTooLong = false;
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  options.signal.addEventListener("abort", cancel, { once: true });
  try {
    while (!options.signal.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length <= options.maximumBytes) {
        chunks.push(value);
        length += value.length;
      } else if (!isTooLong) {
        isTooLong = true;
        options.onTooLong();
      }
    }
  } catch {
    // The process is gone and its pipe with it; what was read stands.
  } finally {
    options.signal.removeEventListener("abort", cancel);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
