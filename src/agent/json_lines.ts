import type { Duplex } from "../streams/duplex.ts";
import { LineSplitter } from "./line_splitter.ts";

const ENCODER = new TextEncoder();

/** One message as the bytes of its line. */
export function encodeJsonLine(message: unknown): Uint8Array {
  return ENCODER.encode(JSON.stringify(message) + "\n");
}

/**
 * The values of a stream of JSON lines, in order, until the peer closes its direction. Lines that are not JSON
 * are skipped, as are empty and over-long ones.
 */
export async function* readJsonLines(
  stream: Pick<Duplex, "read">,
  maximumBytes: number,
): AsyncGenerator<unknown> {
  const splitter = new LineSplitter(maximumBytes);
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    for (const line of splitter.push(bytes)) {
      const value = parseJson(line);
      if (value !== undefined) yield value;
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
