import { unlessMissing } from "../../errors/unless_missing.ts";
import type { LockFiles, LockHolderProcess } from "../lock_holder.ts";

/** pidfd_open and pidfd_send_signal have one number on all architectures. */
const PIDFD_SEND_SIGNAL = 424n;
const PIDFD_OPEN = 434n;
const SIGKILL = 9n;
const SIGTERM = 15n;

/** One lock of a whole file, as `/proc/locks` and `/proc/<pid>/fdinfo/<fd>` write it. */
const LOCK_REGEXP = /FLOCK {1,8}ADVISORY {1,8}WRITE {1,8}(\d{1,10}) [0-9a-f]{1,8}:[0-9a-f]{1,8}:(\d{1,20}) /;

/** Opens the process that holds the lock, according to the kernel. */
export async function openLockHolderOnLinux(
  { lockFile }: Pick<LockFiles, "lockFile">,
): Promise<LockHolderProcess | undefined> {
  const status = await unlessMissing(() => Deno.stat(lockFile));
  if (status === undefined) return undefined;
  for (const processId of holdersOf(await Deno.readTextFile("/proc/locks"), String(status.ino))) {
    const handle = new ProcessHandle(processId);
    // Only now does the number stand for this process for good; so what was read before is read again.
    if (handle.isOpen && await holdsLock(processId, lockFile)) {
      const found = await describe(processId);
      if (found !== undefined) {
        return {
          processId,
          ...found,
          terminate() {
            handle.signal(SIGTERM);
            return true;
          },
          kill: () => handle.signal(SIGKILL),
          [Symbol.dispose]: () => handle[Symbol.dispose](),
        };
      }
    }
    handle[Symbol.dispose]();
  }
  return undefined;
}

/** Processes that hold a lock on a file with this inode, of whatever device. Pure. */
export function holdersOf(locks: string, inode: string): number[] {
  return locks.split("\n").flatMap((line) => {
    const [, processId, lockedInode] = LOCK_REGEXP.exec(line) ?? [];
    return processId !== undefined && lockedInode === inode && Number(processId) > 0
      ? [Number(processId)]
      : [];
  });
}

/** Whether one of its descriptors is this very file, and holds a lock on it. */
async function holdsLock(processId: number, lockFile: string): Promise<boolean> {
  const folder = `/proc/${processId}`;
  const path = await Deno.realPath(lockFile);
  try {
    for await (const { name } of Deno.readDir(`${folder}/fd`)) {
      const link = await Deno.readLink(`${folder}/fd/${name}`).catch(() => ""); // closed meanwhile
      if (link !== path) continue;
      const info = await Deno.readTextFile(`${folder}/fdinfo/${name}`);
      if (LOCK_REGEXP.exec(info)?.[1] === String(processId)) return true;
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return false;
}

async function describe(
  processId: number,
): Promise<Pick<LockHolderProcess, "executable" | "commandLine"> | undefined> {
  try {
    const executable = await Deno.readLink(`/proc/${processId}/exe`);
    const commandLine = (await Deno.readTextFile(`/proc/${processId}/cmdline`)).split("\0").slice(0, -1);
    return { executable: executable.replace(/ \(deleted\)$/, ""), commandLine };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    (error instanceof Error && error.message.includes("os error 3)"));
}

/** A pidfd: it stands for one process, whatever becomes of its number. */
class ProcessHandle implements Disposable {
  readonly #library = Deno.dlopen("libc.so.6", {
    syscall: { parameters: ["i64", "i64", "i64", "pointer", "i64"], result: "i64" },
    close: { parameters: ["i32"], result: "i32" },
  });
  readonly #descriptor: bigint;

  constructor(processId: number) {
    this.#descriptor = this.#library.symbols.syscall(PIDFD_OPEN, BigInt(processId), 0n, null, 0n);
  }

  get isOpen(): boolean {
    return this.#descriptor >= 0n;
  }

  /** Does nothing to a process that has ended. */
  signal(signal: bigint): void {
    this.#library.symbols.syscall(PIDFD_SEND_SIGNAL, this.#descriptor, signal, null, 0n);
  }

  [Symbol.dispose](): void {
    if (this.isOpen) this.#library.symbols.close(Number(this.#descriptor));
    this.#library.close();
  }
}
