import { join } from "node:path";
import { buildOnce } from "../../support/build_once.ts";
import { buildDebianSystem } from "../../support/debian_system.ts";
import { cachePath } from "../../support/repository.ts";

/** The oldest Debian whose Wine starts deno.exe: bookworm's has no bcryptprimitives.dll. */
const SUITE = "trixie";
/** `winbind` has ntlm_auth, by which Wine speaks NTLM. */
const PACKAGES = ["wine", "wine64", "winbind", "ca-certificates"];

/** Part of the folder's name: change it, and every machine builds it again. */
const RECIPE = 3;

/** The folder of everything that is kept of Wine between runs. */
export function wineCache(...parts: string[]): string {
  return cachePath("wine", ...parts);
}

/** A system with Wine in it, to be entered by {@linkcode enterWineRoot}. */
export interface WineRoot {
  readonly path: string;
  /** Names this build of it. */
  readonly key: string;
}

/**
 * Debian with Wine as a folder, built on the first call on a machine (half a minute) and kept. The packages come
 * from WINDLASS_DEBIAN_MIRROR, or from where apt gets its own.
 */
export async function openWineRoot(): Promise<WineRoot> {
  const key = `${SUITE}-${RECIPE}`;
  const path = wineCache(`root-${key}`);
  await buildOnce(path, buildRoot);
  return { path, key };
}

async function buildRoot(partial: string): Promise<void> {
  console.error(`Building the Wine root '${partial}' (once)`);
  await buildDebianSystem({
    suite: SUITE,
    packages: PACKAGES,
    format: "directory",
    options: [],
    output: partial,
  });
  // A minimal Debian has no such file, and Windows programs could not resolve 'localhost'.
  await Deno.writeTextFile(join(partial, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
}

/** The script that enters a root. */
const ENTER = join(import.meta.dirname!, "enter_wine_root.sh");

/** Where a program runs in a root, and with what. */
export interface RootCall {
  readonly root: WineRoot;
  /** Folders that are seen inside at the paths that they have outside. */
  readonly visible: readonly string[];
  /** The folder to start in, a path that is the same inside and outside. */
  readonly folder: string;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The command that runs `argv` inside a root. Its mounts live in a namespace of their own and end with its last
 * process; it replaces itself by the program, so its process id is the program's.
 */
export function enterWineRoot(call: RootCall, argv: readonly string[]): string[] {
  const variables = Object.entries(call.environment).map(([name, value]) => `${name}=${value}`);
  return [
    ...["unshare", "--mount", "--propagation", "private", "--", "sh", ENTER, call.root.path],
    ...[...call.visible, "--"],
    ...["env", "-i", "-C", call.folder, ...variables, ...argv],
  ];
}
