/**
 * The sources that the launcher's decoder is compiled from. As a program, it fetches them: bootstrap does, so that a build
 * needs no network.
 */
import { createHash } from "node:crypto";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { runTool } from "./run_tool.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const LOCK = `${ROOT}scripts/zstd_sources.lock`;
const PARTIAL_PREFIX = "fetch-";

/** What the lock file says. */
export interface ZstdLock {
  readonly npmPackage: string;
  readonly npmVersion: string;
  readonly version: string;
  /** Folder inside the package. */
  readonly folder: string;
  /** sha512 in base64. */
  readonly integrity: string;
}

/**
 * Reads the lock file's one line. Pure.
 *
 * @throws {WindlassError} `WL_BUILD_FAILED` if it has not five words.
 */
export function parseZstdLock(text: string): ZstdLock {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const [npmPackage, npmVersion, version, folder, integrity, ...rest] = lines.join(" ").split(/\s+/);
  if (npmPackage && npmVersion && version && folder && integrity && rest.length === 0) {
    return { npmPackage, npmVersion, version, folder, integrity };
  }
  throw new WindlassError(
    "WL_BUILD_FAILED",
    "Cannot read scripts/zstd_sources.lock: it has not one line of five words",
  );
}

/**
 * The folder with zstd's own `lib/` and `LICENSE`, fetched from npm if the cache has none. Whatever npm gives is used only if its
 * sha512 is the locked one.
 *
 * @throws {WindlassError} `WL_TOOL_MISSING` without npm, `WL_BUILD_FAILED` if it cannot fetch the package or gives another one.
 */
export async function zstdSources(cacheDirectory: string, signal?: AbortSignal): Promise<string> {
  const lock = parseZstdLock(await Deno.readTextFile(LOCK));
  const parent = `${cacheDirectory}/zstd`;
  const target = `${parent}/${lock.version}-${lock.npmPackage}-${lock.npmVersion}`;
  if (await isFolder(target)) return target;
  await Deno.mkdir(parent, { recursive: true });
  const work = await Deno.makeTempDir({ dir: parent, prefix: PARTIAL_PREFIX });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(work, { recursive: true }));
  const options = { cwd: work, ...(signal ? { signal } : {}) };
  await runTool(["npm", "pack", "--silent", `${lock.npmPackage}@${lock.npmVersion}`], options);
  const tarball = `${work}/${lock.npmPackage}-${lock.npmVersion}.tgz`;
  const actual = createHash("sha512").update(await Deno.readFile(tarball)).digest("base64");
  if (actual !== lock.integrity) {
    throw new WindlassError(
      "WL_BUILD_FAILED",
      `Cannot use ${lock.npmPackage}@${lock.npmVersion}: its sha512 is ${actual}, expected ${lock.integrity}`,
    );
  }
  await runTool(["tar", "-xzf", tarball, lock.folder], options);
  await Deno.rename(`${work}/${lock.folder}`, target).catch(async (error) => {
    if (!await isFolder(target)) throw error; // another build was quicker
  });
  return target;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

if (import.meta.main) await zstdSources(Deno.env.get("WINDLASS_CACHE") ?? `${ROOT}.cache`);
