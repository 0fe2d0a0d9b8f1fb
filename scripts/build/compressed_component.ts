import { createHash } from "node:crypto";
import { runTool } from "./run_tool.ts";

/** How a build weighs its own time against the size of its result. */
export type Compression = "quick" | "small";

/**
 * One frame each. The window of 2^27 bytes is the largest that decoders accept by default; Go programs hold the same packages
 * far apart, so that it saves more than any level.
 */
const ZSTD_ARGUMENTS: Record<Compression, readonly string[]> = {
  quick: ["-3", "--long=27", "-T0"],
  small: ["--ultra", "-22", "--long=27", "-T1"],
};
/** Part of the name in the cache. */
const LEVEL: Record<Compression, string> = { quick: "3", small: "22" };
/** A component that no build has used for so long will not come back. */
const UNUSED_MILLISECONDS = 14 * 24 * 60 * 60_000;

/** What is compressed, and where results are kept. */
export interface CompressOptions {
  readonly compression: Compression;
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal;
}

/** A file and its compressed form. */
export interface CompressedComponent {
  /** sha256 of the file. */
  readonly id: string;
  readonly rawLength: number;
  /** The zstd frame. */
  readonly storedPath: string;
  readonly storedDigest: string;
  readonly storedLength: number;
}

/** Compresses a file, or finds it compressed: what has not changed costs one hash. */
export async function compressComponent(
  path: string,
  options: CompressOptions,
): Promise<CompressedComponent> {
  const folder = `${options.cacheDirectory}/components`;
  await Deno.mkdir(folder, { recursive: true });
  const raw = await hashFile(path);
  const storedPath = `${folder}/${raw.digest}-${LEVEL[options.compression]}.zst`;
  if (await exists(storedPath)) {
    await Deno.utime(storedPath, new Date(), new Date()); // in use, see removeUnused
  } else {
    const partial = `${storedPath}.${crypto.randomUUID()}.partial`; // two components may have the same bytes
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => Deno.remove(partial).catch(() => {}));
    const command = ["zstd", "-q", "-f", ...ZSTD_ARGUMENTS[options.compression], path, "-o", partial];
    await runTool(command, options.signal ? { signal: options.signal } : {});
    await Deno.rename(partial, storedPath);
  }
  const stored = await hashFile(storedPath);
  return {
    id: raw.digest,
    rawLength: raw.length,
    storedPath,
    storedDigest: stored.digest,
    storedLength: stored.length,
  };
}

/** Removes compressed components, and leftovers of builds that were killed, that no build has used for two weeks. */
export async function removeUnused(cacheDirectory: string): Promise<void> {
  const folder = `${cacheDirectory}/components`;
  for await (const { name } of Deno.readDir(folder)) {
    const { mtime } = await Deno.stat(`${folder}/${name}`);
    if (mtime && Date.now() - mtime.getTime() > UNUSED_MILLISECONDS) await Deno.remove(`${folder}/${name}`);
  }
}

/** sha256 and length of a file, read in pieces. */
export async function hashFile(path: string): Promise<{ readonly digest: string; readonly length: number }> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  let length = 0;
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
    length += count;
  }
  return { digest: hash.digest("hex"), length };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
