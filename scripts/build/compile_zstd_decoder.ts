import { runTool } from "./run_tool.ts";
import { ARCHIVER, COMPILER, type TargetSystem } from "./toolchain.ts";
import { zstdSources } from "./zstd_sources.ts";

/** The decoder alone; the launcher compresses nothing. */
const SOURCES = [
  "common/entropy_common.c",
  "common/error_private.c",
  "common/fse_decompress.c",
  "common/xxhash.c",
  "common/zstd_common.c",
  "decompress/huf_decompress.c",
  "decompress/huf_decompress_amd64.S",
  "decompress/zstd_ddict.c",
  "decompress/zstd_decompress.c",
  "decompress/zstd_decompress_block.c",
];
const FLAGS = ["-c", "-O2", "-DZSTD_LEGACY_SUPPORT=0", "-DDEBUGLEVEL=0"];

/** What the launcher is compiled and linked with. */
export interface ZstdDecoder {
  /** Folder of `zstd.h`. */
  readonly headers: string;
  /** Static library. */
  readonly library: string;
}

/** Compiles zstd's decoder, or finds it compiled: it takes four seconds. */
export async function compileZstdDecoder(
  system: TargetSystem,
  cacheDirectory: string,
  signal?: AbortSignal,
): Promise<ZstdDecoder> {
  const sources = await zstdSources(cacheDirectory, signal);
  const headers = `${sources}/lib`;
  const library = `${sources}/decoder-${system}.a`;
  const decoder = { headers, library };
  if (await Deno.stat(library).then(() => true, () => false)) return decoder;
  const work = await Deno.makeTempDir({ dir: sources, prefix: "compile-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  const options = { cwd: work, ...(signal ? { signal } : {}) };
  await runTool([COMPILER[system], ...FLAGS, ...SOURCES.map((source) => `../lib/${source}`)], options);
  const objects = SOURCES.map((source) => source.replace(/^.*\//, "").replace(/\.[cS]$/, ".o"));
  await runTool([ARCHIVER[system], "rcsD", "decoder.a", ...objects], options);
  await Deno.rename(`${work}/decoder.a`, library);
  return decoder;
}
