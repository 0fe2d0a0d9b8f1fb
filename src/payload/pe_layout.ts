/**
 * The few facts of a Windows executable's headers that the payload depends on: where a signature begins, and which header
 * fields signing fills in (`FORMAT.md`). Pure.
 */
import { ExecutableFormatError } from "./executable_codec.ts";

/** This many bytes from the start hold all headers that are read; `src/launcher/payload.c` has the same number. */
export const PE_HEADER_BYTES = 1024;
/** Most zero bytes that a signer puts between the footer and the certificate table. */
export const MAX_SIGNATURE_PADDING = 7;

/** A piece of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** What {@linkcode peLayout} finds; offsets are from the start of the file. */
export interface PeLayout {
  /** The signature, from here to the end of the file; absent in an unsigned file. */
  readonly certificateTable?: ByteRange;
  /** Header fields that a signer changes: they count as zero in hashes of the stub. */
  readonly signedFields: readonly ByteRange[];
}

/**
 * Reads the headers of a PE file; `undefined` for any other file, such as an ELF one.
 *
 * @throws {ExecutableFormatError} if they make no sense.
 */
export function peLayout(header: Uint8Array, fileLength: number): PeLayout | undefined {
  if (header.length < PE_HEADER_BYTES || header[0] !== 0x4d || header[1] !== 0x5a) return undefined; // MZ
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const optional = view.getUint32(60, true) + 24; // behind the signature and the file header
  if (optional + 152 > PE_HEADER_BYTES || view.getUint32(optional - 24, true) !== 0x4550) refuse(); // PE\0\0
  if (view.getUint16(optional, true) !== 0x20b) refuse(); // PE32+
  const checksum = { offset: optional + 64, length: 4 };
  const certificateEntry = { offset: optional + 144, length: 8 };
  const signedFields = [checksum, certificateEntry];
  const offset = view.getUint32(certificateEntry.offset, true);
  const length = view.getUint32(certificateEntry.offset + 4, true);
  if (offset === 0) return { signedFields };
  if (offset + length !== fileLength) refuse();
  return { certificateTable: { offset, length }, signedFields };
}

/** Sets the checksum of an unsigned program to zero, which means that it has none. Changes `bytes`. */
export function clearChecksum(bytes: Uint8Array): void {
  const checksum = peLayout(bytes, bytes.length)?.signedFields[0];
  if (checksum) bytes.fill(0, checksum.offset, checksum.offset + checksum.length);
}

/** Sets those bytes of a chunk that lie in `ranges` to zero; `start` is where the chunk is in the file. Changes `chunk`. */
export function clearRanges(chunk: Uint8Array, start: number, ranges: readonly ByteRange[]): void {
  for (const { offset, length } of ranges) {
    chunk.fill(0, Math.max(0, offset - start), Math.max(0, offset + length - start));
  }
}

function refuse(): never {
  throw new ExecutableFormatError("footer", "its headers are damaged");
}
