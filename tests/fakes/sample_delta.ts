/** Deltas made by hand, for tests: what bsdiff would never write, too. */
import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { type DeltaHeader, encodeDeltaHeader } from "../../src/update/delta/delta_header.ts";
import { type DeltaOperation, OperationEncoder } from "../../src/update/delta/delta_operations.ts";

/** What a delta consists of; everything that is not given fits the rest. */
export interface SampleDelta {
  readonly base: Uint8Array;
  readonly result: Uint8Array;
  readonly operations: readonly DeltaOperation[];
  readonly differences?: Uint8Array;
  readonly insertions?: Uint8Array;
  /** In place of the frame around the differences. */
  readonly differencesFrame?: Uint8Array;
  /** Changes what the header says. */
  readonly header?: (header: DeltaHeader) => DeltaHeader;
}

/** The delta's bytes. */
export function sampleDelta(sample: SampleDelta): Uint8Array<ArrayBuffer> {
  const encoder = new OperationEncoder();
  for (const operation of sample.operations) encoder.push(operation);
  const none = new Uint8Array(0);
  const raw = [encoder.bytes(), sample.differences ?? none, sample.insertions ?? none] as const;
  const frames = raw.map((bytes) => new Uint8Array(zstdCompressSync(bytes)));
  if (sample.differencesFrame) frames[1] = sample.differencesFrame as Uint8Array<ArrayBuffer>;
  const part = (index: 0 | 1 | 2) => ({ stored: frames[index]!.length, raw: raw[index].length });
  const header: DeltaHeader = {
    base: nameOf(sample.base),
    result: nameOf(sample.result),
    parts: { operations: part(0), differences: part(1), insertions: part(2) },
  };
  return joinBytes([encodeDeltaHeader(sample.header?.(header) ?? header), ...frames]);
}

/** Id and length of these bytes. */
export function nameOf(bytes: Uint8Array): { readonly id: string; readonly length: number } {
  return { id: createHash("sha256").update(bytes).digest("hex"), length: bytes.length };
}

/** All in one. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}
