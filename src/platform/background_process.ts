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
  /** Its stdout. Cancel it to release the program. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Ends it at once. Too late does nothing. */
  kill(): void;
  /** Waits for its end. */
  exitCode(): Promise<number>;
}
