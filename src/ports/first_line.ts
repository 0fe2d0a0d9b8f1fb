import type { Duplex } from "../streams/duplex.ts";

/**
 * Reads a stream up to its first line feed; what comes behind that is dropped. Resolves to `undefined` if the stream
 * ends before, or the line is longer than `maximumBytes`.
 */
export async function readFirstLine(
  stream: Pick<Duplex, "read">,
  maximumBytes: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  while (text.length <= maximumBytes) {
    const bytes = await stream.read();
    if (bytes === null) return undefined;
    text += decoder.decode(bytes, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return end <= maximumBytes ? text.slice(0, end) : undefined;
  }
  return undefined;
}
