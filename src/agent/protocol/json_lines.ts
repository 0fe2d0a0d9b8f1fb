import type { Duplex } from "../../streams/duplex.ts";
import { LineSplitter } from "../../streams/line_splitter.ts";

const ENCODER = new TextEncoder();

/** Lines that are not JSON, after which a peer is not one of ours. Each costs an exception, which is slow. */
const UNREADABLE_LINES = 1_000;

/** One message as the bytes of its line. */
export function encodeJsonLine(message: unknown): Uint8Array {
  return ENCODER.encode(JSON.stringify(message) + "\n");
}

/**
 * The values of a stream of JSON lines, in order, until the peer closes its direction. Lines that are not JSON
 * are skipped, as are empty and over-long ones; a peer that sends very many of them is not followed any further.
 */
export async function* readJsonLines(
  stream: Pick<Duplex, "read">,
  maximumBytes: number,
): AsyncGenerator<unknown> {
  const splitter = new LineSplitter(maximumBytes);
  let unreadable = 0;
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    for (const line of splitter.push(bytes)) {
      if (line === "") continue;
      const value = parseJson(line);
      if (value !== undefined) yield value;
      else if (++unreadable > UNREADABLE_LINES) return;
    }
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
