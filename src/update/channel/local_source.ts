import { join } from "node:path";
import { WindlassError } from "../../errors/windlass_error.ts";
import { systemReason } from "../../files/file_errors.ts";
import { type BundleEntry, readBundleIndex } from "./bundle_index.ts";
import type { ChannelLimits } from "./channel_limits.ts";
import { isChannelPath } from "./channel_path.ts";
import type { ChannelFile, ChannelSource, OpenFileOptions } from "./channel_source.ts";
import { PacedReader } from "./paced_reader.ts";
import { waitWithin } from "./wait_within.ts";

const CHUNK_BYTES = 256 * 1024;

/** A part of a file on a disk or a share. */
interface LocalPart extends BundleEntry {
  readonly path: string;
  readonly validator: string;
}

/** A channel folder or a bundle on a disk of this machine or on a share; a share can stall as a server can. */
export class LocalSource implements ChannelSource {
  /** Of a bundle, once it has been read; a bundle that was replaced is read again. */
  #index: { readonly validator: string; readonly entries: ReadonlyMap<string, BundleEntry> } | undefined;

  constructor(readonly name: string, private readonly limits: ChannelLimits) {}

  async open(path: string, options: OpenFileOptions): Promise<ChannelFile | null> {
    const { signal, from } = options;
    const part = isChannelPath(path) ? await this.#within(this.#find(path), signal) : null;
    if (part === null) return null;
    const isResumed = from !== undefined && from.offset <= part.length &&
      (from.validator === undefined || from.validator === part.validator);
    const opening = this.#openPart(part, isResumed ? from.offset : 0, signal);
    try {
      return await this.#within(opening, signal);
    } catch (error) {
      opening.then((file) => file[Symbol.asyncDispose](), () => {}); // it may open after all
      throw error;
    }
  }

  async #find(path: string): Promise<LocalPart | null> {
    const base = await stat(this.name);
    if (base === null) throw this.#unreachable("there is no such folder or file");
    if (base.isDirectory) {
      const info = await stat(join(this.name, path));
      if (info === null || !info.isFile) return null; // reading a pipe or a device could take for ever
      return { path: join(this.name, path), offset: 0, length: info.size, validator: validatorOf(info) };
    }
    if (!base.isFile) throw this.#unreachable("it is neither a folder nor a file");
    const validator = validatorOf(base);
    const entry = (await this.#entries(base.size, validator)).get(path);
    return entry === undefined ? null : { ...entry, path: this.name, validator };
  }

  async #entries(length: number, validator: string): Promise<ReadonlyMap<string, BundleEntry>> {
    if (this.#index?.validator === validator) return this.#index.entries;
    using file = await Deno.open(this.name);
    const read = (offset: number, bytes: number) => readExactly(file, offset, bytes);
    const options = { name: this.name, entries: this.limits.bundleEntries };
    const entries = await readBundleIndex({ length, read }, options);
    this.#index = { validator, entries };
    return entries;
  }

  async #openPart(part: LocalPart, from: number, signal: AbortSignal): Promise<ChannelFile> {
    const file = await Deno.open(part.path);
    await file.seek(part.offset + from, Deno.SeekMode.Start);
    let left = part.length - from;
    const next = async () => {
      if (left === 0) return null;
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
      const bytes = await file.read(chunk).catch((error) => {
        throw this.#unreachable(systemReason(error), error);
      });
      if (bytes === null) return null; // it became shorter; its reader sees that bytes are missing
      left -= bytes;
      return chunk.subarray(0, bytes);
    };
    const paced = new PacedReader(next, { name: part.path, signal, limits: this.limits });
    return {
      offset: from,
      length: part.length,
      validator: part.validator,
      read: () => paced.read(),
      [Symbol.asyncDispose]() {
        file.close();
        return Promise.resolve();
      },
    };
  }

  async #within<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
    const milliseconds = this.limits.responseMilliseconds;
    const late = () =>
      new WindlassError(
        "WL_UPDATE_STALLED",
        `Cannot fetch from '${this.name}': no answer for ${milliseconds / 1000} s`,
      );
    try {
      return await waitWithin(work, { milliseconds, signal, late });
    } catch (error) {
      if (error instanceof WindlassError || signal.aborted) throw error;
      throw this.#unreachable(systemReason(error), error);
    }
  }

  #unreachable(state: string, cause?: unknown): WindlassError {
    const message = `Cannot reach '${this.name}': ${state}`;
    return new WindlassError("WL_UPDATE_UNREACHABLE", message, cause === undefined ? {} : { cause });
  }
}

async function stat(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

function validatorOf(info: Deno.FileInfo): string {
  return `${info.size}-${info.mtime?.getTime() ?? 0}`;
}

async function readExactly(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) return bytes; // it became shorter: zeros end the index
    at += read;
  }
  return bytes;
}
