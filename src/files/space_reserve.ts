import { freeBytes } from "./free_bytes.ts";

/** The reserve is taken only while the disk has this many times its size left, so that it never fills a disk itself. */
const PLENTY = 16;

/** Bytes of one write. */
const CHUNK_BYTES = 64 * 1024;

/**
 * A file that holds some room on a disk for the moment when the disk is full. Then the programs that could make
 * room again cannot start, because starting writes files; releasing the reserve lets them start.
 *
 * @example
 * ```ts
 * const reserve = new SpaceReserve("/srv/windlass/reserve", 2 * 1024 * 1024);
 * await reserve.releaseIfFull(); // before what must work on a full disk
 * await reserve.restore(); // afterwards
 * ```
 */
export class SpaceReserve {
  readonly #path: string;
  readonly #bytes: number;

  /** @param bytes How much room it holds. Its folder exists. */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** Releases the room if the disk has less left than the reserve holds. Returns whether it did. Never rejects. */
  async releaseIfFull(): Promise<boolean> {
    const free = await freeBytes(this.#folder);
    if (free === undefined || free >= this.#bytes) return false;
    return await Deno.remove(this.#path).then(() => true, () => false); // it was released before, or never taken
  }

  /** Takes the room again, if there is plenty. Never rejects: the next call tries again. */
  async restore(): Promise<void> {
    const { size } = await Deno.lstat(this.#path).catch(() => ({ size: 0 }));
    if (size >= this.#bytes) return;
    const free = await freeBytes(this.#folder);
    if (free === undefined || free < this.#bytes * PLENTY) return;
    await this.#fill().catch(() => Deno.remove(this.#path).catch(() => {}));
  }

  get #folder(): string {
    return this.#path.replace(/[/\\][^/\\]*$/, "") || "/";
  }

  /** With random bytes: a file system that compresses would store others in no room at all. */
  async #fill(): Promise<void> {
    using file = await Deno.open(this.#path, { write: true, create: true, truncate: true, mode: 0o600 });
    const chunk = crypto.getRandomValues(new Uint8Array(CHUNK_BYTES));
    for (let left = this.#bytes; left > 0;) left -= await file.write(chunk.subarray(0, left));
    await file.sync();
  }
}
