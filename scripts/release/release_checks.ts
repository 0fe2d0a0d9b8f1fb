/** What must be true of a build before it is published. */
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { openExecutable } from "../../src/payload/executable.ts";

/** A start unpacks a hundred megabytes; this is far more than that takes. */
const START_MILLISECONDS = 60_000;

/**
 * Runs an executable for Linux and checks that it says this version.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED`.
 */
export async function requireVersionOf(path: string, version: string): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "windlass-release-home-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(home, { recursive: true }));
  let said: string;
  try {
    const { stdout } = await new Deno.Command(path, {
      args: ["--version"],
      env: { WINDLASS_HOME: home },
      stdin: "null",
      stderr: "inherit",
      signal: AbortSignal.timeout(START_MILLISECONDS),
    }).output();
    said = new TextDecoder().decode(stdout).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    refuse(version, `'${path}' is missing; 'deno task build --release' makes it`);
  }
  if (!said.split(/\s+/).includes(version)) refuse(version, `'${path}' is '${said}'`);
}

/**
 * Checks that two executables were built of the same sources: that for Windows cannot be asked here.
 *
 * @throws {WindlassError} `WL_RELEASE_REFUSED`.
 */
export async function sameProgram(linux: string, windows: string): Promise<void> {
  using first = await openExecutable(linux);
  using second = await openExecutable(windows);
  if (first.component("app").id === second.component("app").id) return;
  throw new WindlassError(
    "WL_RELEASE_REFUSED",
    `Cannot publish: '${linux}' and '${windows}' hold different programs`,
  );
}

/** The version that dockerd says of itself, from the image's lock file: without Debian's own revision. Pure. */
export function lockedDockerd(lockText: string): string {
  const { packages } = JSON.parse(lockText) as { packages: { package: string; version: string }[] };
  const locked = packages.find((entry) => entry.package === "docker.io")?.version;
  if (locked !== undefined) return locked.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
  throw new WindlassError("WL_RELEASE_REFUSED", "Cannot publish: the image's lock file names no docker.io");
}

/**
 * Whether the version before can still read the data once this release has run: a new major of dockerd migrates what an older
 * one cannot read afterwards, whatever the release says of itself. Pure.
 */
export function keepsWayBack(
  next: { readonly dockerd: string; readonly undo: boolean },
  current: { readonly dockerd: string } | undefined,
): boolean {
  return next.undo && (current === undefined || dockerdMajor(next.dockerd) === dockerdMajor(current.dockerd));
}

function dockerdMajor(version: string): string {
  return version.split(".", 1)[0]!;
}

function refuse(version: string, state: string): never {
  throw new WindlassError("WL_RELEASE_REFUSED", `Cannot publish ${version}: ${state}`);
}
