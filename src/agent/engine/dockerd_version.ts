import { parentFolder } from "./parent_folder.ts";
import { versionIn } from "./program_version.ts";

/** Where the answer is kept: asking takes as long as a good part of a start, and a distro's dockerd never changes. */
const CACHE_FILE = "/var/cache/windlass/dockerd-version.json";
const DOCKERD = "/usr/sbin/dockerd";
/** It prints its version within a tenth of a second; one that takes this long hangs. */
const ANSWER_MILLISECONDS = 15_000;

/** Where the dockerd is that is asked; replaced in tests. */
export interface DockerdVersionPaths {
  readonly dockerd: string;
  readonly cacheFile: string;
}

/** The version of this distro's dockerd; `undefined` if it does not print one. */
export async function dockerdVersion(
  { dockerd, cacheFile }: DockerdVersionPaths = { dockerd: DOCKERD, cacheFile: CACHE_FILE },
): Promise<string | undefined> {
  const identity = await identityOf(dockerd);
  if (identity === undefined) return undefined;
  const kept = await readKept(cacheFile);
  if (kept?.identity === identity) return kept.version;
  const version = await ask(dockerd);
  if (version !== undefined) await keep(cacheFile, { identity, version });
  return version;
}

interface KeptVersion {
  readonly identity: string;
  readonly version: string;
}

/** Changes with the file. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtime } = await Deno.stat(path);
    return `${ino}:${size}:${mtime?.getTime()}`;
  } catch {
    return undefined; // what is not there cannot be asked; its start will say the same
  }
}

async function readKept(path: string): Promise<KeptVersion | undefined> {
  try {
    const { identity, version } = JSON.parse(await Deno.readTextFile(path));
    return typeof version === "string" ? { identity, version } : undefined;
  } catch {
    return undefined; // not there, or cut off by the end of the distro: asked again
  }
}

async function keep(path: string, kept: KeptVersion): Promise<void> {
  try {
    await Deno.mkdir(parentFolder(path), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(kept));
  } catch {
    // Asked again next time.
  }
}

async function ask(dockerd: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(dockerd, {
      args: ["--version"],
      stdin: "null",
      stderr: "null",
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    }).output();
    return success ? versionIn(new TextDecoder().decode(stdout)) : undefined;
  } catch {
    return undefined; // its start will say why
  }
}
