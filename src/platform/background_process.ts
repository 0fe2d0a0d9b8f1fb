import { OPERATING_SYSTEM } from "./operating_system.ts";

/** How a program is started that outlives this process and its terminal. */
export interface BackgroundOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** File that its stderr is appended to: what a runtime that crashes says would be lost otherwise. */
  readonly errorFile: string;
}

/** A program in the background, as long as this process still cares for it. */
export interface BackgroundProcess {
  /** Its stdout. Cancel it to let go of the program. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Ends it at once. Too late does nothing. */
  kill(): void;
  /** Waits for its end. */
  exitCode(): Promise<number>;
}

/**
 * Starts a program that no terminal, no end of this process and no Ctrl-C ends.
 *
 * @throws {WindlassError} `WL_PROGRAM_MISSING` when it cannot be started.
 */
export async function startInBackground(options: BackgroundOptions): Promise<BackgroundProcess> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return (await import("./linux/background_process.ts")).startInSession(options);
    case "windows":
      return (await import("./windows/background_process.ts")).startWithoutConsole(options);
  }
}
