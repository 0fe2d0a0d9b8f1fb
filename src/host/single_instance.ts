import { WindlassError } from "../errors/windlass_error.ts";
import type { Home } from "./home.ts";

/** Long beside the instant that a look takes, short beside a start. */
const LOOKS = 5;
const LOOK_MILLISECONDS = 10;

/**
 * Makes this process the one host of its home. The lock is the operating system's: it ends with the process,
 * however that ends, so no stale lock can keep a host from starting.
 *
 * @throws {WindlassError} `WL_HOST_RUNNING` if another process holds it.
 */
export async function claimHome(home: Home): Promise<Disposable> {
  const file = await Deno.open(home.lockFile, { create: true, read: true, write: true, mode: 0o600 });
  if (!await lockPatiently(file)) {
    file.close();
    const pid = await readPid(home);
    throw new WindlassError(
      "WL_HOST_RUNNING",
      `Cannot start the host: process ${pid || "(starting)"} is already the host of ${home.root}`,
    );
  }
  await Deno.writeTextFile(home.pidFile, `${Deno.pid}\n`, { mode: 0o600 });
  return {
    [Symbol.dispose]() {
      removePid(home); // first: whoever finds the lock taken must not read of a host that has ended
      file.close();
    },
  };
}

/** Who holds the lock of the home: a process id, 0 if it has not written it yet, nothing if nobody does. */
export async function lockHolder(home: Home): Promise<number | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(home.lockFile, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  using held = file;
  if (await held.tryLock(true)) return undefined;
  return await readPid(home);
}

/** Whoever looks whether a host runs holds the lock for an instant; a host holds it for good. */
async function lockPatiently(file: Deno.FsFile): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    if (await file.tryLock(true)) return true;
    if (look < LOOKS) await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return false;
}

async function readPid(home: Home): Promise<number> {
  try {
    return Number.parseInt(await Deno.readTextFile(home.pidFile), 10) || 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function removePid(home: Home): void {
  try {
    Deno.removeSync(home.pidFile);
  } catch (error) {
    // Gone already, or open in another program for an instant: the lock alone decides whether a host runs.
    if (!(error instanceof Error)) throw error;
  }
}
