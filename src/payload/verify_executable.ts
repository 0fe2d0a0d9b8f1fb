import { createHash } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { type Component, ExecutableFormatError } from "./executable_codec.ts";
import { type ExecutableLayout, openForReading, READ_BYTES, readLayout, SharedFile } from "./executable.ts";
import { type ByteRange, clearRanges } from "./pe_layout.ts";

/** A part of the executable that is not what it should be. */
export interface Problem {
  /** "footer", "index" or the component's name, as `FORMAT.md` has them. */
  readonly part: string;
  /** One sentence without a final period. */
  readonly message: string;
}

/** How {@linkcode verifyExecutable} reports its progress, and how it is stopped. */
export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Stored bytes that have been checked, and how many there are in all. */
  readonly progress?: (checkedBytes: number, totalBytes: number) => void;
}

/**
 * Checks every byte of an executable: each belongs to the footer, to the index or to a component, and each of those has a
 * hash. Components are also unpacked and compared with their id. An empty result means that nothing is wrong; damage to
 * the footer or the index ends the check, since nothing more can be known then.
 *
 * @throws {WindlassError} `WL_EXECUTABLE_UNREADABLE` if the file cannot be opened; the signal's reason if it is aborted.
 *
 * @example
 * ```ts
 * const problems = await verifyExecutable(path);
 * for (const { part, message } of problems) log("error", "executable.damaged", { part, message });
 * ```
 */
export async function verifyExecutable(
  path: string,
  options: VerifyOptions = {},
): Promise<readonly Problem[]> {
  using handle = await openForReading(path);
  const file = new SharedFile(handle);
  let layout: ExecutableLayout;
  try {
    layout = await readLayout(file);
  } catch (error) {
    if (!(error instanceof ExecutableFormatError)) throw error;
    return [{ part: error.part, message: `Cannot verify '${path}': ${error.state}` }];
  }
  const { components, signedFields } = layout;
  const totalBytes = components.reduce((sum, { storedLength }) => sum + storedLength, 0);
  let checkedBytes = 0;
  const advance = (bytes: number) => options.progress?.(checkedBytes += bytes, totalBytes);
  const problems: Problem[] = [];
  for (const component of components) {
    const state = await componentState(file, component, { ...options, signedFields, advance });
    if (state === undefined) continue;
    problems.push({ part: component.name, message: `Cannot trust component '${component.name}': ${state}` });
  }
  return problems;
}

interface CheckOptions {
  readonly signal?: AbortSignal;
  readonly signedFields: readonly ByteRange[];
  readonly advance: (bytes: number) => void;
}

/** What is wrong with a component, or `undefined`. */
async function componentState(
  file: SharedFile,
  component: Component,
  options: CheckOptions,
): Promise<string | undefined> {
  const stored = createHash("sha256");
  let place = component.offset;
  for await (const bytes of storedBytes(file, component, options.signal)) {
    clearRanges(bytes, place, component.name === "stub" ? options.signedFields : []);
    stored.update(bytes);
    place += bytes.length;
    options.advance(bytes.length);
  }
  if (stored.digest("hex") !== component.storedDigest) return "its stored bytes are damaged";
  if (component.stored) {
    return component.id === component.storedDigest ? undefined : "its content does not match its id";
  }
  return await contentState(file, component, options.signal);
}

/** Reads the component a second time, since only bytes that are known to be right are worth unpacking. */
async function contentState(
  file: SharedFile,
  component: Component,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const raw = createHash("sha256");
  let rawLength = 0;
  let unreadable: unknown; // the pipeline does not say which of its streams has failed
  async function* source() {
    try {
      yield* storedBytes(file, component, signal);
    } catch (error) {
      unreadable = error;
      throw error;
    }
  }
  // A stream, not a function: one that returned early could not be distinguished from bytes that do not decompress.
  const sink = new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      rawLength += bytes.length;
      if (rawLength > component.rawLength) {
        return done(new Error("the content is longer than the index says"));
      }
      raw.update(bytes);
      done();
    },
  });
  try {
    const stored = Readable.from(source(), { objectMode: false });
    await pipeline(stored, createZstdDecompress({ chunkSize: READ_BYTES }), sink);
  } catch {
    if (unreadable !== undefined) throw unreadable;
    if (rawLength <= component.rawLength) return "its bytes do not decompress";
  }
  const right = rawLength === component.rawLength && raw.digest("hex") === component.id;
  return right ? undefined : "its content does not match its id";
}

async function* storedBytes(file: SharedFile, component: Component, signal: AbortSignal | undefined) {
  for (let done = 0; done < component.storedLength;) {
    signal?.throwIfAborted();
    const wanted = Math.min(READ_BYTES, component.storedLength - done);
    const bytes = await file.readAt(component.offset + done, wanted);
    if (bytes.length === 0) return; // cut short while it is read: the hash will differ
    done += bytes.length;
    yield bytes;
  }
}
