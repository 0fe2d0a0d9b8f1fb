import { WindlassError } from "../errors/windlass_error.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemReason } from "../files/file_errors.ts";
import { sleep } from "../timing/sleep.ts";

/** The files behind the settings; replaced by ones in memory in tests. */
export interface SettingsFiles {
  /** The text of the settings file; nothing if there is none. @throws {WindlassError} `WL_SETTINGS_UNREADABLE`. */
  readSettings(): Promise<string | undefined>;
  /** The text of the policy file; nothing if there is none. @throws {WindlassError} `WL_POLICY_UNREADABLE`. */
  readPolicy(): Promise<string | undefined>;
  /** Replaces the settings file as a whole. */
  writeSettings(text: string): Promise<void>;
  /** Renames the settings file, which is damaged; to where, or nothing if another process has done it. */
  setAside(): Promise<string | undefined>;
  /** Keeps every other process from changing the settings until it is disposed. */
  lock(signal: AbortSignal): Promise<Disposable>;
}

/** Where the files are. */
export interface SettingsPaths {
  readonly settings: string;
  readonly policy: string;
}

/** Between two tries for the lock: nobody holds it for longer than it takes to write a file. */
const LOCK_TRY_MILLISECONDS = 20;
/** A process that holds it this long hangs. */
const LOCK_MILLISECONDS = 10_000;

/** The files on disk. */
export function settingsFiles({ settings, policy }: SettingsPaths): SettingsFiles {
  return {
    async readSettings() {
      try {
        return await readText(settings);
      } catch (cause) {
        const message = `Cannot read the settings in '${settings}': ${systemReason(cause)}`;
        throw new WindlassError("WL_SETTINGS_UNREADABLE", message, { cause });
      }
    },
    async readPolicy() {
      try {
        return await readText(policy);
      } catch (cause) {
        const message = `Cannot read the policy '${policy}': ${systemReason(cause)}`;
        throw new WindlassError("WL_POLICY_UNREADABLE", message, { cause });
      }
    },
    writeSettings: (text) => replaceFile(settings, text),
    async setAside() {
      const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
      const aside = `${settings}.damaged-${stamp}`;
      try {
        await Deno.rename(settings, aside);
        return aside;
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound) return undefined;
        const message = `Cannot set aside the damaged '${settings}': ${systemReason(cause)}`;
        throw new WindlassError("WL_SETTINGS_UNREADABLE", message, { cause });
      }
    },
    lock: (signal) => takeLock(`${settings}.lock`, signal),
  };
}

async function takeLock(path: string, signal: AbortSignal): Promise<Disposable> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  } catch (cause) {
    throw new WindlassError("WL_FILE_NOT_WRITABLE", `Cannot write '${path}': ${systemReason(cause)}`, {
      cause,
    });
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LOCK_MILLISECONDS)]);
  while (!await file.tryLock(true)) {
    // Not after a pause, but after a try that follows it: this process may have stood still meanwhile.
    const isLate = limit.aborted;
    if (!isLate) await sleep(LOCK_TRY_MILLISECONDS, limit);
    if (!isLate && !signal.aborted) continue;
    file.close();
    signal.throwIfAborted();
    throw new WindlassError(
      "WL_SETTINGS_BUSY",
      `Cannot change the settings: another process has held '${path}' for ${LOCK_MILLISECONDS / 1000} s`,
    );
  }
  return file; // closing it gives the lock back
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
