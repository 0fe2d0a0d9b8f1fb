import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { z } from "zod";
import { whileInUse } from "../../files/rename_file.ts";
import { replaceFile, syncFolder } from "../../files/replace_file.ts";
import { writeError } from "../../files/file_errors.ts";
import type { ResumePoint } from "./channel_source.ts";
import type { BlobReference } from "./channel.ts";

const CHUNK_BYTES = 1024 * 1024;
const Origin = z.strictObject({ source: z.string(), validator: z.string().optional() });

/**
 * The beginning of a blob, on disk as `<path>.part`, with `<path>.part.origin` that says of whom it is. It stays when
 * it is disposed without {@linkcode PartFile.finish}, for a later run to continue.
 */
export class PartFile implements Disposable {
  #hash: Hash;
  #length: number;
  #origin: z.infer<typeof Origin> | null;
  /** The one source that all bytes came from in this run; `null` if some came otherwise. */
  #whole: string | null = null;

  private constructor(
    private readonly path: string,
    private readonly blob: BlobReference,
    private readonly file: Deno.FsFile,
    read: { hash: Hash; length: number; origin: z.infer<typeof Origin> | null },
  ) {
    this.#hash = read.hash;
    this.#length = read.length;
    this.#origin = read.origin;
  }

  /**
   * @param path Of the finished file.
   * @throws {WindlassError} `WL_NO_SPACE` or `WL_FILE_NOT_WRITABLE`, as everything here that writes.
   */
  static async open(path: string, blob: BlobReference): Promise<PartFile> {
    return await writing(path, async () => {
      const info = await Deno.lstat(`${path}.part`).catch(() => null);
      // A link would have us write into a file of somebody else; what is too long cannot be a beginning.
      if (info !== null && (!info.isFile || info.size > blob.length)) await Deno.remove(`${path}.part`);
      const file = await Deno.open(`${path}.part`, { read: true, write: true, create: true, mode: 0o600 });
      try {
        const read = await readBeginning(file);
        const origin = read.length === 0 ? null : await readOrigin(path);
        return new PartFile(path, blob, file, { ...read, origin });
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  /** Bytes at hand. */
  get length(): number {
    return this.#length;
  }

  /** Whether all bytes came from that source in this run, so that it has to answer for them. */
  isAllFrom(source: string): boolean {
    return this.#whole === source;
  }

  /** From where to continue with a source; `undefined` for the beginning. */
  resumePoint(source: string): ResumePoint | undefined {
    if (this.#length === 0) return undefined;
    // Of another source nothing is known, but blobs of one name are the same everywhere: its hash decides.
    const validator = this.#origin?.source === source ? this.#origin.validator : undefined;
    return { offset: this.#length, ...(validator === undefined ? {} : { validator }) };
  }

  /** Starts over. */
  async restart(): Promise<void> {
    await writing(this.path, () => this.file.truncate(0));
    this.#length = 0;
    this.#hash = createHash("sha256");
    this.#origin = null;
    this.#whole = null;
  }

  /** Says who sends the bytes that follow. */
  async continueFrom(source: string, validator: string | undefined): Promise<void> {
    if (this.#length === 0) this.#whole = source;
    else if (this.#whole !== source) this.#whole = null;
    const origin = { source, ...(validator === undefined ? {} : { validator }) };
    if (JSON.stringify(origin) === JSON.stringify(this.#origin)) return;
    await replaceFile(`${this.path}.part.origin`, `${JSON.stringify(origin)}\n`);
    this.#origin = origin;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writing(this.path, async () => {
      await this.file.seek(this.#length, Deno.SeekMode.Start);
      for (let offset = 0; offset < bytes.length;) offset += await this.file.write(bytes.subarray(offset));
    });
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  /** Whether these are the bytes of the blob, all of them. */
  isRight(): boolean {
    return this.#length === this.blob.length && this.#hash.copy().digest("hex") === this.blob.sha256;
  }

  /** Gives the file its name, once it is on disk. */
  async finish(): Promise<void> {
    await writing(this.path, async () => {
      await this.file.sync();
      this.file.close();
      await whileInUse(() => Deno.rename(`${this.path}.part`, this.path));
      await syncFolder(dirname(this.path));
    });
    await Deno.remove(`${this.path}.part.origin`).catch(() => {});
  }

  [Symbol.dispose](): void {
    try {
      this.file.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error; // finished
    }
  }
}

async function writing<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw writeError(path, error);
  }
}

async function readBeginning(file: Deno.FsFile): Promise<{ hash: Hash; length: number }> {
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  let length = 0;
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    hash.update(chunk.subarray(0, read));
    length += read;
  }
  return { hash, length };
}

async function readOrigin(path: string): Promise<z.infer<typeof Origin> | null> {
  try {
    return Origin.parse(JSON.parse(await Deno.readTextFile(`${path}.part.origin`)));
  } catch {
    return null;
  }
}
