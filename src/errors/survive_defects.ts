/** Defects of a period that are reported one by one; a defect in a loop must not fill the log. */
const REPORTED = 10;
/** Milliseconds of a period. */
const PERIOD_MILLISECONDS = 60_000;
/** Characters of a report: the message and where it came from. */
const REPORT_CHARACTERS = 2_000;

/** The part of the global scope that is used; tests bring their own. */
export type DefectSource = Pick<EventTarget, "addEventListener" | "removeEventListener">;

/**
 * Keeps a process that serves others running when a promise or a callback fails and nobody takes the error: it is
 * reported, and everything else continues. Without this, Deno ends the process. Disposing the result undoes it.
 *
 * @param report Gets at most ten reports a minute; the next one then says how many there were in between.
 */
export function surviveDefects(
  report: (reason: string) => void,
  source: DefectSource = globalThis,
  now: () => number = () => performance.now(),
): Disposable {
  let periodStart = -Infinity;
  let count = 0;
  const survive = (event: Event) => {
    event.preventDefault();
    if (now() - periodStart >= PERIOD_MILLISECONDS) {
      const left = count - REPORTED;
      periodStart = now();
      count = 0;
      if (left > 0) report(`${left} more defects were not reported`);
    }
    if (++count > REPORTED) return;
    const { reason, error } = event as Event & { readonly reason?: unknown; readonly error?: unknown };
    report(textOf(reason ?? error));
  };
  const names = ["unhandledrejection", "error"];
  for (const name of names) source.addEventListener(name, survive);
  return {
    [Symbol.dispose]() {
      for (const name of names) source.removeEventListener(name, survive);
    },
  };
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  return text.slice(0, REPORT_CHARACTERS);
}
