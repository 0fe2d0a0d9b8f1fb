import { parseArgs } from "node:util";
import { isWindlassError, WindlassError } from "../src/errors/windlass_error.ts";
import { buildImage } from "./build_image.ts";
import { resolveLock } from "./package_cache.ts";
import { formatPackageLock, LOCK_FILE } from "./package_lock.ts";

/** What the command was asked for. */
export interface ImageFlags {
  readonly release: boolean;
  readonly refreshLock: boolean;
}

/** Exit code of a program that was ended from the keyboard. */
const INTERRUPTED = 130;

/**
 * `deno task image [--release] [--refresh-lock]`: builds the image and prints where it is. Returns the exit code.
 * Packages and results go to `WINDLASS_CACHE`, or to `.cache` of the checkout.
 */
async function runImageCommand(commandArguments: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, interrupt);
  try {
    await run(parseFlags(commandArguments), interruption.signal);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED;
    if (!isWindlassError(error)) throw error;
    console.error(`${error.code}: ${error.message}\n${error.remedy}`);
    return 1;
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(name, interrupt);
  }
}

async function run(flags: ImageFlags, signal: AbortSignal): Promise<void> {
  const checkout = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const cacheDirectory = Deno.env.get("WINDLASS_CACHE") ?? `${checkout}/.cache`;
  const progress = (line: string) => console.error(line);
  if (flags.refreshLock) await refreshLock(cacheDirectory, progress, signal);
  const { rootfsTar, dataRootfsTar } = await buildImage({
    release: flags.release,
    cacheDirectory,
    signal,
    progress,
  });
  console.log(`${rootfsTar}\n${dataRootfsTar}`);
}

/**
 * The flags of the command.
 *
 * @throws {WindlassError} `WL_USAGE` for anything else.
 */
export function parseFlags(commandArguments: readonly string[]): ImageFlags {
  const options = { release: { type: "boolean" }, "refresh-lock": { type: "boolean" } } as const;
  try {
    const { values } = parseArgs({ args: [...commandArguments], options });
    return { release: values.release ?? false, refreshLock: values["refresh-lock"] ?? false };
  } catch (cause) {
    throw new WindlassError(
      "WL_USAGE",
      `Cannot build the image: '${commandArguments.join(" ")}' is not understood`,
      {
        cause,
        remedy: "Use 'deno task image', with '--release' or '--refresh-lock' if that is what you want.",
      },
    );
  }
}

/** Rewrites the lock with what the archive has now. */
async function refreshLock(
  cache: string,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const lock = await resolveLock(`${cache}/packages`, { progress, signal });
  const partial = `${LOCK_FILE}.partial`;
  await Deno.writeTextFile(partial, formatPackageLock(lock));
  await Deno.rename(partial, LOCK_FILE);
  progress(`Locked ${lock.packages.length} packages in distro/packages.lock.json`);
}

if (import.meta.main) Deno.exit(await runImageCommand(Deno.args));
