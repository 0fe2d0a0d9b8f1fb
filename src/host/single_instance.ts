import { unlessMissing } from "../errors/unless_missing.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { readTextIfPresent } from "../files/if_present.ts";
import { SpaceReserve } from "../files/space_reserve.ts";
import { writeError } from "../files/file_errors.ts";
import type { Home } from "./home.ts";

/** The files that a start writes and the log of a day, several times over. */
const RESERVE_BYTES = 2 * 1024 * 1024;

/** Outlasts another process's check of the lock, even if the system lets that wait in the middle; shorter than a start. */
const LOOKS = 50;
const POLL_MILLISECONDS = 10;

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
  // What follows writes files, and is often the only way to make room on a full disk.
  await homeReserve(home).releaseIfFull();
  await writePid(home);
  return {
    [Symbol.dispose]() {
      removePid(home); // first: a process that finds the lock taken must not read the id of a host that has ended
      giveBack(file);
      file.close();
    },
  };
}

/** The holder of the home's lock: a process id, 0 if it has not written it yet, nothing if nobody does. */
export async function lockHolder(home: Home): Promise<number | undefined> {
  using held = await unlessMissing(() => Deno.open(home.lockFile, { read: true, write: true }));
  if (held === undefined) return undefined;
  // Shared and given back at once, so that those who check disturb each other never, and a start as little as possible.
  if (!held.tryLockSync(false)) return await readPid(home);
  giveBack(held);
  return undefined;
}

/** Unlocks a file that is closed next: a child that is just being started has it too, until its program runs. */
function giveBack(file: Deno.FsFile): void {
  try {
    file.unlockSync();
  } catch {
    // The runtime unlocks twice on Windows, and Wine refuses the second time as Windows does not. Closing unlocks as well.
  }
}

/** A process that checks for a running host holds the lock for an instant; a host holds it for its lifetime. */
async function lockPatiently(file: Deno.FsFile): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    if (await file.tryLock(true)) return true;
    if (look < LOOKS) await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  return false;
}

async function readPid(home: Home): Promise<number> {
  return Number.parseInt(await readTextIfPresent(home.pidFile) ?? "", 10) || 0;
}

/** On a full disk the file stays empty: the lock alone decides whether a host runs, the id only names it. */
async function writePid(home: Home): Promise<void> {
  try {
    await Deno.writeTextFile(home.pidFile, `${Deno.pid}\n`, { mode: 0o600 });
  } catch (error) {
    const failure = writeError(home.pidFile, error);
    if (failure.code !== "WL_NO_SPACE") throw failure;
  }
}

/** Room in the home for the files that every start writes. */
export function homeReserve(home: Pick<Home, "reserveFile">): SpaceReserve {
  return new SpaceReserve(home.reserveFile, RESERVE_BYTES);
}

function removePid(home: Home): void {
  try {
    Deno.removeSync(home.pidFile);
  } catch (error) {
    // Gone already, or open in another program for an instant: the lock alone decides whether a host runs.
    if (!(error instanceof Error)) throw error;
  }
}
