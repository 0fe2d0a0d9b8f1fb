/**
 * Ctrl-C and a request to end. The bench has engines to stop and folders to remove, so it ends between two measurements; the
 * second signal ends it at once.
 */
const interrupted = new AbortController();
/** The exit code of a shell's command that Ctrl-C has ended. */
const INTERRUPTED_CODE = 130;

/** Takes the signals from now on. */
export function listenForInterruption(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(name, () => {
      if (interrupted.signal.aborted) Deno.exit(INTERRUPTED_CODE);
      Deno.exitCode = INTERRUPTED_CODE;
      console.error("ending after this measurement; a second signal ends at once and leaves engines behind");
      interrupted.abort(new Error("the bench was interrupted"));
    });
  }
}

/** @throws {Error} after a signal. */
export function refuseAfterInterruption(): void {
  interrupted.signal.throwIfAborted();
}
