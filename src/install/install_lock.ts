import { WindlassError } from "../errors/windlass_error.ts";

/**
 * Makes this process the only one that changes an installation. The lock is the system's, so it ends with the process; its file
 * goes when the lock is released.
 *
 * @throws {WindlassError} `WL_INSTALL_BUSY` while another process has it.
 */
export async function lockInstallation(path: string): Promise<Disposable> {
  while (true) {
    const file = await openLock(path);
    if (file === undefined || !await file.tryLock(true)) {
      file?.close();
      throw new WindlassError(
        "WL_INSTALL_BUSY",
        `Cannot change the installation: another process holds '${path}'`,
      );
    }
    // The previous holder may have removed the file in between; a lock on a file without a name locks nothing.
    if (await isNamed(file, path)) return { [Symbol.dispose]: () => release(file, path) };
    file.close();
  }
}

/** Nothing where Windows refuses: the file is about to go with its last user. */
async function openLock(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    return undefined;
  }
}

async function isNamed(file: Deno.FsFile, path: string): Promise<boolean> {
  const [opened, named] = await Promise.all([file.stat(), Deno.stat(path).catch(() => undefined)]);
  return named !== undefined && opened.ino === named.ino && opened.dev === named.dev;
}

function release(file: Deno.FsFile, path: string): void {
  try {
    Deno.removeSync(path); // before the lock goes: the next one makes its own
  } catch {
    // Open in another program for an instant; the next installation takes the same file.
  }
  file.close();
}
