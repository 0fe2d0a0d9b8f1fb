import type { BackgroundOptions, BackgroundProcess } from "../background_process.ts";

/** Appends stderr to a file, which Deno cannot do itself: a pipe would break when this process ends. */
const REDIRECT = 'log=$1; shift; exec "$@" 2>>"$log"';

/** Starts a program in a session of its own. */
export function startInSession(options: BackgroundOptions): BackgroundProcess {
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
  return {
    stdout: child.stdout,
    kill() {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
    exitCode: async () => (await child.status).code,
  };
}
