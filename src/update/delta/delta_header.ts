/**
 * The header of a delta, as `DELTA.md` fixes it: bytes to values and back. No I/O.
 */
import { DeltaError, MAX_OPERATION_BYTES } from "./delta_rules.ts";

/** Name of the format in `release.json`. */
export const DELTA_FORMAT = "bsdiff-tar-1";
/** Length of the header, with which a delta begins. */
export const DELTA_HEADER_BYTES = 144;
/** The parts behind the header, in the order of the file. */
export const DELTA_PARTS = ["operations", "differences", "insertions"] as const;

const MAGIC = "WNDLSDLT";
const VERSION = 1;

/** One of the parts behind the header. */
export type DeltaPart = typeof DELTA_PARTS[number];

/** Lengths in bytes of one part. */
export interface PartLengths {
  /** Of its zstd frame. */
  readonly stored: number;
  /** Once it is read. */
  readonly raw: number;
}

/** A component's uncompressed bytes. */
export interface ContentName {
  /** sha256 in lower-case hexadecimal. */
  readonly id: string;
  readonly length: number;
}

/** What a delta says of itself. */
export interface DeltaHeader {
  readonly base: ContentName;
  readonly result: ContentName;
  readonly parts: Readonly<Record<DeltaPart, PartLengths>>;
}

/** The header's bytes. */
export function encodeDeltaHeader({ base, result, parts }: DeltaHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(DELTA_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  bytes.set(Uint8Array.fromHex(base.id), 16);
  bytes.set(Uint8Array.fromHex(result.id), 48);
  view.setBigUint64(80, BigInt(base.length), true);
  view.setBigUint64(88, BigInt(result.length), true);
  DELTA_PARTS.forEach((part, position) => {
    view.setBigUint64(96 + position * 8, BigInt(parts[part].stored), true);
    view.setBigUint64(120 + position * 8, BigInt(parts[part].raw), true);
  });
  return bytes;
}

/**
 * Reads the header of a delta whose file has `fileLength` bytes.
 *
 * @throws {DeltaError} if it is damaged, or its lengths are not those of the file or beyond the limits.
 */
export function decodeDeltaHeader(bytes: Uint8Array, fileLength: number): DeltaHeader {
  if (bytes.length !== DELTA_HEADER_BYTES) throw new DeltaError("it is shorter than its header");
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw new DeltaError("it is not a delta");
  const view = new DataView(bytes.buffer, bytes.byteOffset, DELTA_HEADER_BYTES);
  if (view.getUint32(8, true) !== VERSION || view.getUint32(12, true) !== 0) {
    throw new DeltaError(`its format version is not ${VERSION}`);
  }
  const length = (offset: number) => {
    const value = Number(view.getBigUint64(offset, true));
    if (!Number.isSafeInteger(value)) throw new DeltaError("its lengths are out of range");
    return value;
  };
  const [operations, differences, insertions] = [0, 8, 16].map((place) => ({
    stored: length(96 + place),
    raw: length(120 + place),
  })) as [PartLengths, PartLengths, PartLengths];
  const header: DeltaHeader = {
    base: { id: bytes.subarray(16, 48).toHex(), length: length(80) },
    result: { id: bytes.subarray(48, 80).toHex(), length: length(88) },
    parts: { operations, differences, insertions },
  };
  const stored = operations.stored + differences.stored + insertions.stored;
  if (DELTA_HEADER_BYTES + stored !== fileLength) {
    throw new DeltaError("its lengths are not those of its file");
  }
  if (operations.raw > MAX_OPERATION_BYTES || differences.raw + insertions.raw > header.result.length) {
    throw new DeltaError("its parts are longer than its result allows");
  }
  return header;
}
