import type { ChannelSource } from "./channel_source.ts";

/** Until when, and how much. */
export interface ReadWholeOptions {
  readonly signal: AbortSignal;
  readonly maximumBytes: number;
}

/** The bytes of a small file, counted while they come; `null` when the source does not have it. */
export async function readWhole(
  source: ChannelSource,
  path: string,
  { signal, maximumBytes }: ReadWholeOptions,
): Promise<Uint8Array | "too-long" | null> {
  await using file = await source.open(path, { signal });
  if (file === null) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let bytes = await file.read(); bytes !== null; bytes = await file.read()) {
    length += bytes.length;
    if (length > maximumBytes) return "too-long";
    chunks.push(bytes);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
