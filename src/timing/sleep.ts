/** The longest time that a timer can hold, 24 days; it stands for forever. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/**
 * A signal that is never aborted, for work that nobody cancels. It lives as long as the process, so a call that is
 * repeated must remove what it adds to it.
 */
export const NEVER: AbortSignal = new AbortController().signal;

/** Resolves after the time, which may be `Infinity`, or as soon as the signal is aborted; never rejects. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const timer = setTimeout(wake, Math.min(milliseconds, LONGEST_MILLISECONDS));
  signal.addEventListener("abort", wake, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  });
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
