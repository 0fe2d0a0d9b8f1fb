/** What is done with the lines of a stream. */
export interface ReadLinesOptions {
  /** A longer line is cut here and continues as another. */
  readonly maximumCharacters: number;
  /** Called with each line, without its end. */
  readonly onLine: (line: string) => void;
  /** Ends the reading; the line begun by then is still handed out. */
  readonly signal: AbortSignal;
}

/** Reads a stream line by line until its end or the signal. Never rejects: a broken pipe is the end of it. */
export async function readLines(
  stream: ReadableStream<Uint8Array>,
  options: ReadLinesOptions,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  options.signal.addEventListener("abort", cancel, { once: true });
  let rest = "";
  try {
    while (!options.signal.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      rest = handOut(rest + decoder.decode(value, { stream: true }), options);
    }
  } catch {
    // The process is gone and its pipe with it.
  } finally {
    options.signal.removeEventListener("abort", cancel);
  }
  if (rest !== "") options.onLine(rest);
}

function handOut(text: string, { maximumCharacters, onLine }: ReadLinesOptions): string {
  const lines = text.split("\n");
  let rest = lines.pop() ?? "";
  for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  for (; rest.length > maximumCharacters; rest = rest.slice(maximumCharacters)) {
    onLine(rest.slice(0, maximumCharacters));
  }
  return rest;
}
