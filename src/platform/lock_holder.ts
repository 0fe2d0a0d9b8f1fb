/** Which lock. */
export interface LockFiles {
  /** The file that is locked. */
  readonly lockFile: string;
  /** The file that the holder writes its process id to, once it has the lock. */
  readonly pidFile: string;
}

/**
 * A process that held a lock when it was opened. It is held by a handle of the system's, not by its number: when it
 * has ended, nothing else can be ended in its place.
 */
export interface LockHolderProcess extends Disposable {
  readonly processId: number;
  /** Absolute path of the program file. */
  readonly executable: string;
  /** Its command line, as the system has it; on Windows in one piece. */
  readonly commandLine: readonly string[];
  /** Asks it to end. Returns whether it could: on Windows nobody can ask a process without a window. */
  terminate(): boolean;
  /** Ends it at once. @throws {Deno.errors.PermissionDenied} if this user may not. */
  kill(): void;
}
