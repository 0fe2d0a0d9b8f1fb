/**
 * Content of streams that two processes make alike from a number, sent in random pieces: for tests of the link, whose two ends
 * use this file.
 */
import { createHash } from "node:crypto";
import type { Duplex } from "../../src/streams/duplex.ts";
import { allocateWithHeaderRoom } from "../../src/streams/header_room.ts";

/** The largest payload that goes out with its header in one write. */
const ROOMY_BYTES = 65_528;

/** Numbers that look random and follow from the seed (xorshift). */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
  }

  /** 32 bits. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return this.#state = state >>> 0;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** Mostly small, seldom up to `maximum`: every order of magnitude is as likely as the others. */
  length(maximum: number): number {
    return this.below(Math.min(maximum, 2 ** this.below(Math.log2(maximum) + 1)) + 1);
  }
}

/** The content that belongs to a seed. */
export function randomContent(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const numbers = new RandomNumbers(seed);
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => numbers.next());
  return new Uint8Array(words.buffer, 0, length);
}

/** Length and hash, to compare content by. */
export interface Digest {
  readonly length: number;
  readonly hash: string;
}

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return { length: bytes.length, hash: createHash("md5").update(bytes).digest("hex") };
}

/**
 * Writes content in random pieces. Half of them are in a buffer whose bytes are others as soon as the write has resolved: a
 * stream must not look at them any longer.
 */
export async function writeInPieces(
  stream: Duplex,
  content: Uint8Array,
  numbers: RandomNumbers,
): Promise<void> {
  const roomy = allocateWithHeaderRoom(ROOMY_BYTES);
  for (let at = 0; at < content.length;) {
    const piece = content.subarray(at, at + 1 + numbers.length(4 * ROOMY_BYTES));
    at += piece.length;
    if (piece.length > ROOMY_BYTES || numbers.below(2) === 0) {
      await stream.write(piece);
    } else {
      const lent = roomy.subarray(0, piece.length);
      lent.set(piece);
      await stream.write(lent);
      lent.fill(0xee);
    }
  }
}

/** All that is left to read; what is read is copied as late as is allowed. */
export async function readContent(stream: Duplex, numbers: RandomNumbers): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
      if (numbers.below(8) === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      pieces.push(bytes.slice());
    }
  } catch (error) {
    throw new BrokenContent(await joined(pieces), { cause: error });
  }
  return await joined(pieces);
}

/** What came of content before its stream failed. */
export class BrokenContent extends Error {
  constructor(readonly bytes: Uint8Array<ArrayBuffer>, options: { readonly cause: unknown }) {
    super("the stream failed within its content", options);
  }
}

async function joined(pieces: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
