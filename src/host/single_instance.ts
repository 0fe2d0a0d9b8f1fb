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
    const pid = new TextDecoder().decode(await readAll(file)).trim();
    file.close();
    throw new WindlassError(
      "WL_HOST_RUNNING",
      `Cannot start the host: process ${pid || "(starting)"} is already the host of ${home.root}`,
    );
  }
  await file.truncate(0);
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return { [Symbol.dispose]: () => file.close() };
}

/** Whoever looks whether a host runs holds the lock for an instant; a host holds it for good. */
async function lockPatiently(file: Deno.FsFile): Promise<boolean> {
  for (let look = 1; look <= LOOKS; look++) {
    if (await file.tryLock(true)) return true;
    if (look < LOOKS) await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return false;
}

async function readAll(file: Deno.FsFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(32);
  return buffer.subarray(0, await file.read(buffer) ?? 0);
}
