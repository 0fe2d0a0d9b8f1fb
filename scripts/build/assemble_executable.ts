import { type Component, encodeFooter, encodeIndex } from "../../src/payload/executable_codec.ts";
import { compressComponent, type Compression, hashFile } from "./compressed_component.ts";

/** A file that becomes a component. */
export interface ComponentSource {
  readonly name: string;
  readonly path: string;
  /** Whether the launcher unpacks it before the start. */
  readonly unpack: boolean;
  /** Whether it is unpacked with the execute permission. */
  readonly executable: boolean;
}

/** What an executable is made of. */
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
  let offset = 0;
  const parts = [stub, ...compressed].map((part) => {
    offset += part.storedLength;
    return { ...part, offset: offset - part.storedLength };
  });

  const partial = `${options.output}.${Deno.pid}.partial`;
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(partial).catch(() => {}));
  {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true, mode: 0o755 });
    for (const { storedPath } of parts) await append(storedPath, file);
    const index = encodeIndex(parts);
    await writeAll(file, index);
    await writeAll(file, encodeFooter(parts, index));
  }
  await Deno.chmod(partial, 0o755); // whatever the umask says
  options.signal?.throwIfAborted();
  await Deno.rename(partial, options.output);
  return parts;
}

async function append(path: string, output: Deno.FsFile): Promise<void> {
  using input = await Deno.open(path);
  const buffer = new Uint8Array(1024 * 1024);
  for (let count = await input.read(buffer); count !== null; count = await input.read(buffer)) {
    await writeAll(output, buffer.subarray(0, count));
  }
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await output.write(bytes.subarray(written));
}
