import { type Component, encodeFooter, encodeIndex } from "../../src/payload/executable_codec.ts";
import { compressComponent, type Compression, hashFile } from "./compressed_component.ts";
import type { ComponentSource } from "./component_source.ts";

/** A component as it is stored in an executable, and the file that has its stored bytes. */
export interface StoredComponent extends Omit<Component, "offset"> {
  readonly storedPath: string;
  /** Where the bytes start in that file; at its beginning, if absent. */
  readonly storedOffset?: number;
}

/** The parts of an executable. */
export interface AssembleOptions {
  /** The compiled launcher. */
  readonly launcher: string;
  readonly components: readonly ComponentSource[];
  readonly compression: Compression;
  /** Keeps compressed components between builds. */
  readonly cacheDirectory: string;
  readonly output: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes an executable as `src/payload/FORMAT.md` fixes it and returns its index. The output is replaced at once at the end; a
 * failure leaves the previous one. Same input, same bytes.
 */
export async function assembleExecutable(options: AssembleOptions): Promise<readonly Component[]> {
  const compressed = await Promise.all(options.components.map(async (source) => ({
    ...source,
    stored: false,
    ...await compressComponent(source.path, options),
  })));
  const launcher = await hashFile(options.launcher);
  const stub = {
    name: "stub",
    id: launcher.digest,
    storedDigest: launcher.digest,
    storedLength: launcher.length,
    rawLength: launcher.length,
    stored: true,
    unpack: false,
    executable: false,
    storedPath: options.launcher,
  };
  return await writeExecutable([stub, ...compressed], options.output, options.signal);
}

/** Writes an executable out of components that are compressed already, the stub first, and returns its index. */
export async function writeExecutable(
  stored: readonly StoredComponent[],
  output: string,
  signal?: AbortSignal,
): Promise<readonly Component[]> {
  let offset = 0;
  const parts = stored.map((part) => {
    offset += part.storedLength;
    return { ...part, offset: offset - part.storedLength };
  });
  const partial = `${output}.${Deno.pid}.partial`;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(partial).catch(() => {}));
  {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true, mode: 0o755 });
    for (const part of parts) await append(part, file);
    const index = encodeIndex(parts);
    await writeAll(file, index);
    await writeAll(file, encodeFooter(parts, index));
  }
  await Deno.chmod(partial, 0o755); // whatever the umask says
  signal?.throwIfAborted();
  await Deno.rename(partial, output);
  return parts;
}

async function append(
  { storedPath, storedOffset = 0, storedLength }: StoredComponent,
  output: Deno.FsFile,
): Promise<void> {
  using input = await Deno.open(storedPath);
  await input.seek(storedOffset, Deno.SeekMode.Start);
  const buffer = new Uint8Array(1024 * 1024);
  let left = storedLength;
  while (left > 0) {
    const count = await input.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) throw new Error(`Cannot write an executable: '${storedPath}' is cut short`);
    await writeAll(output, buffer.subarray(0, count));
    left -= count;
  }
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await output.write(bytes.subarray(written));
}
