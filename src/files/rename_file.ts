import { OPERATING_SYSTEM, type OperatingSystem } from "../platform/operating_system.ts";

/**
 * Windows refuses to replace or remove a file that another program has open, as virus scanners and indexers do
 * right after a write. They close it within milliseconds; a program that holds it longer than this in all (0.7 s) works with it.
 */
const TRIES = 15;
const PAUSE_MILLISECONDS = 50;

/** What Windows' errors for a file that is in use are called here: access denied, sharing violation. */
const IN_USE_CODES: readonly unknown[] = ["EPERM", "EACCES", "EBUSY"];

/** Where, and how to wait; replaced in tests. */
export interface WhileInUseOptions {
  readonly system?: OperatingSystem;
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** Gives a file a new name, in place of a file that has it, and tolerates others that have either of them open. */
export async function renameFile(from: string, to: string): Promise<void> {
  await whileInUse(() => Deno.rename(from, to));
}

/**
 * Does something with a file, and on Windows does it again for as long as it fails because the file is in use.
 *
 * @throws What the last try failed with.
 */
export async function whileInUse<T>(work: () => Promise<T>, options: WhileInUseOptions = {}): Promise<T> {
  const { system = OPERATING_SYSTEM, pause = pauseFor } = options;
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (system !== "windows" || attempt === TRIES || !isInUse(error)) throw error;
      await pause(PAUSE_MILLISECONDS);
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && IN_USE_CODES.includes(error.code);
}

function pauseFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
