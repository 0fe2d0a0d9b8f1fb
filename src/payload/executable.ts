import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import {
  type Component,
  decodeIndex,
  ExecutableFormatError,
  findFooter,
  FOOTER_BYTES,
} from "./executable_codec.ts";
import { EMBEDDED, type Payload } from "./payload.ts";
import { type ByteRange, MAX_SIGNATURE_PADDING, PE_HEADER_BYTES, peLayout } from "./pe_layout.ts";

/** Size of one read: large enough for the disk's full speed, small compared with the rest of a process. */
export const READ_BYTES = 256 * 1024;

/** The open executable: the version that it carries. Streams may be read until it is disposed. */
export interface Executable extends Payload, Disposable {
  readonly path: string;
  /** sha256 of its index, by which `current.json` knows the executable. */
  readonly indexId: string;
}

/**
 * Opens an executable and reads its index. The content of the components is not read.
 *
 * @throws {WindlassError} `WL_EXECUTABLE_UNREADABLE`, or `WL_EXECUTABLE_CORRUPT` if footer or index are damaged.
 *
 * @example
 * ```ts
 * using executable = await openExecutable(path);
 * await executable.storedStream("agent").pipeTo(file.writable);
 * ```
 */
export async function openExecutable(path: string): Promise<Executable> {
  using opening = new DisposableStack();
  const file = opening.use(await openForReading(path));
  try {
    const { components, indexId } = await readLayout(new SharedFile(file));
    opening.move(); // from here on it is the result's
    return new OpenExecutable(path, indexId, components, file);
  } catch (error) {
    if (!(error instanceof ExecutableFormatError)) throw error;
    throw new WindlassError("WL_EXECUTABLE_CORRUPT", `Cannot read '${path}': ${error.state}`, {
      cause: error,
    });
  }
}

/**
 * Opens a file for reading.
 *
 * @throws {WindlassError} `WL_EXECUTABLE_UNREADABLE`, with the system's reason.
 */
export async function openForReading(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const reason = errorText(error);
    throw new WindlassError("WL_EXECUTABLE_UNREADABLE", `Cannot read '${path}': ${reason}`, { cause: error });
  }
}

/** What footer, index and headers say about a file. */
export interface ExecutableLayout {
  /** sha256 of the index. */
  readonly indexId: string;
  readonly components: readonly Component[];
  /** Pieces of the stub that count as zero in its hashes, since a signature fills them in. */
  readonly signedFields: readonly ByteRange[];
}

/**
 * Reads footer and index of an executable for either system, signed or not.
 *
 * @throws {ExecutableFormatError} if one of them is damaged.
 */
export async function readLayout(file: SharedFile): Promise<ExecutableLayout> {
  const size = await file.size();
  const pe = peLayout(await file.readAt(0, PE_HEADER_BYTES), size);
  const padding = pe?.certificateTable ? MAX_SIGNATURE_PADDING : 0;
  const end = pe?.certificateTable?.offset ?? size;
  const start = Math.max(0, end - FOOTER_BYTES - padding);
  const footer = findFooter(await file.readAt(start, end - start), end);
  const components = decodeIndex(await file.readAt(footer.indexOffset, footer.indexLength), footer);
  return { indexId: footer.indexDigest, components, signedFields: pe?.signedFields ?? [] };
}

/** Reads at given places of one file, for callers that do so at the same time: a file has but one position. */
export class SharedFile {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly file: Deno.FsFile) {}

  async size(): Promise<number> {
    return (await this.file.stat()).size;
  }

  /** The bytes from `offset` on; fewer than `length` only at the end of the file. */
  readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const read = this.#turn.then(() => this.#read(offset, length));
    this.#turn = read.catch(() => {}); // the next one's turn comes in any case
    return read;
  }

  async #read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    await this.file.seek(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < length) {
      const count = await this.file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }
}

class OpenExecutable implements Executable {
  readonly id = EMBEDDED;
  readonly #shared: SharedFile;

  constructor(
    readonly path: string,
    readonly indexId: string,
    readonly components: readonly Component[],
    file: Deno.FsFile,
  ) {
    this.#shared = new SharedFile(file);
  }

  component(name: string): Component {
    const component = this.components.find((candidate) => candidate.name === name);
    if (component) return component;
    throw new WindlassError(
      "WL_EXECUTABLE_CORRUPT",
      `Cannot read '${this.path}': component '${name}' is missing`,
    );
  }

  storedStream(name: string): ReadableStream<Uint8Array> {
    const { offset, storedLength } = this.component(name);
    let sent = 0;
    return new ReadableStream({
      pull: async (controller) => {
        const bytes = await this.#shared.readAt(offset + sent, Math.min(READ_BYTES, storedLength - sent));
        sent += bytes.length;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (sent === storedLength) controller.close();
        else if (bytes.length === 0) {
          throw new WindlassError(
            "WL_EXECUTABLE_CORRUPT",
            `Cannot read '${this.path}': component '${name}' is cut short`,
          );
        }
      },
    }, { highWaterMark: 1 });
  }

  [Symbol.dispose](): void {
    this.#shared.file[Symbol.dispose]();
  }
}
