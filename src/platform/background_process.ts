/** How a program is started that outlives this process and its terminal. */
export interface BackgroundOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** File that its stderr is appended to: what a runtime that crashes says would be lost otherwise. */
  readonly errorFile: string;
}

/** Appends stderr to a file, which Deno cannot do itself: a pipe would break when this process ends. */
const REDIRECT = 'log=$1; shift; exec "$@" 2>>"$log"';

/** Starts a program in a session of its own. Its stdout is a pipe, for as long as this process lives. */
export function startInBackground(options: BackgroundOptions): Deno.ChildProcess {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", REDIRECT, "sh", options.errorFile, options.program, ...options.args],
    env: { ...options.environment },
    cwd: options.workingDirectory,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  return child;
}
