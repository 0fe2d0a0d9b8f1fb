/** How long to wait, and what ends the waiting early. */
export interface WaitWithinOptions {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** What to fail with when the time is over. */
  readonly late: () => Error;
}

/**
 * What the promise comes to, unless the signal aborts or the time is over before. The work behind the promise may
 * continue; its starter ends it. Not left to the signal of a request: Deno may collect the copy that one holds.
 */
export async function waitWithin<Value>(promise: Promise<Value>, options: WaitWithinOptions): Promise<Value> {
  const { milliseconds, signal, late } = options;
  signal.throwIfAborted();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  const timer = setTimeout(() => reject(late()), milliseconds);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
