import { WindlassError } from "../../errors/windlass_error.ts";

/** A part of a frame. */
export interface FramePiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the frame ends here. */
  readonly isLast: boolean;
}

/** Little-endian at a frame's beginning, RFC 8878. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xffff_fff0;
const MAGIC_BYTES = 4;
/** Magic and the length of a frame that holds no data. */
const SKIPPABLE_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const LONGEST_HEADER_BYTES = 18;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/** Whether these are the first bytes of a zstd archive. */
export function isZstd(bytes: Uint8Array<ArrayBuffer>): boolean {
  return bytes.length >= MAGIC_BYTES && magicOf(bytes) === FRAME_MAGIC;
}

/**
 * Finds where the frames of a zstd archive end, without decompressing them: the decompressor at hand takes no second
 * frame after the first one, and takes an archive that was cut for a complete one.
 */
export class ZstdFrameScanner {
  /** What is being read; a header is complete when its own bytes say so. */
  #section: "frame" | "block" | "content" | "end" = "frame";
  readonly #header = new Uint8Array(LONGEST_HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes of content that are passed over. */
  #rest = 0;
  #isLastBlock = false;
  #hasChecksum = false;
  #isInFrame = false;

  /** Cuts the next bytes of the archive at the ends of its frames. */
  *push(bytes: Uint8Array<ArrayBuffer>): Generator<FramePiece> {
    let start = 0;
    for (let offset = 0; offset < bytes.length || this.#section === "end";) {
      if (this.#section === "end") {
        yield { bytes: bytes.subarray(start, offset), isLast: true };
        start = offset;
        this.#begin("frame");
        this.#isInFrame = false;
      } else if (this.#section === "content") {
        const length = Math.min(this.#rest, bytes.length - offset);
        offset += length;
        this.#rest -= length;
        if (this.#rest === 0) this.#contentEnded();
      } else {
        this.#isInFrame = true;
        this.#header[this.#headerBytes++] = bytes[offset++]!;
        if (this.#section === "frame") this.#readFrameHeader();
        else this.#readBlockHeader();
      }
    }
    if (start < bytes.length) yield { bytes: bytes.subarray(start), isLast: false };
  }

  /** To be called at the archive's end. @throws {WindlassError} `WL_ROOTFS_INVALID` if that is within a frame. */
  finish(): void {
    if (this.#isInFrame) throw invalid("it ends in the middle of a frame");
  }

  #begin(section: "frame" | "block" | "content" | "end", rest = 0): void {
    this.#section = section;
    this.#headerBytes = 0;
    this.#rest = rest;
  }

  #readFrameHeader(): void {
    if (this.#headerBytes < MAGIC_BYTES + 1) return;
    const magic = magicOf(this.#header);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) return this.#readSkippableHeader();
    if (magic !== FRAME_MAGIC) throw invalid("it continues with something other than a frame");
    const descriptor = this.#header[MAGIC_BYTES]!;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const length = MAGIC_BYTES + 1 + (isSingleSegment ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3]! +
      (sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!);
    if (this.#headerBytes < length) return;
    this.#hasChecksum = (descriptor & 4) !== 0;
    this.#begin("block");
  }

  #readSkippableHeader(): void {
    if (this.#headerBytes < SKIPPABLE_HEADER_BYTES) return;
    const length = new DataView(this.#header.buffer).getUint32(MAGIC_BYTES, true);
    this.#hasChecksum = false;
    this.#isLastBlock = true;
    this.#passOver(length);
  }

  #readBlockHeader(): void {
    if (this.#headerBytes < BLOCK_HEADER_BYTES) return;
    const header = this.#header[0]! | this.#header[1]! << 8 | this.#header[2]! << 16;
    this.#isLastBlock = (header & 1) !== 0;
    const type = header >> 1 & 3;
    if (type === BLOCK_RESERVED) throw invalid("it has a block of an unknown kind");
    this.#passOver(type === BLOCK_RLE ? 1 : header >> 3);
  }

  #passOver(length: number): void {
    this.#begin("content", length);
    if (length === 0) this.#contentEnded();
  }

  #contentEnded(): void {
    if (!this.#isLastBlock) return this.#begin("block");
    if (!this.#hasChecksum) return this.#begin("end");
    this.#hasChecksum = false;
    this.#begin("content", CHECKSUM_BYTES);
  }
}

function magicOf(bytes: Uint8Array<ArrayBuffer>): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

function invalid(state: string): WindlassError {
  return new WindlassError("WL_ROOTFS_INVALID", `Cannot read the archive of a distro: ${state}`);
}
