/** How long something may take, and what then. */
export interface TimeLimit {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** What it ends with when the time is over. */
  readonly late: () => Error;
}

/**
 * Gives `work` a signal that is aborted with the caller's, or when the time is over. With a timer that ends here: one of
 * `AbortSignal.timeout()` would outlive each request.
 *
 * @throws What `work` throws, or in its place why it was aborted.
 */
export async function inTime<Value>(
  { milliseconds, signal, late }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const aborted = () => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(late()), milliseconds);
  signal.addEventListener("abort", aborted, { once: true });
  try {
    return await work(limit.signal);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
  }
}

/**
 * Works with a stream that is closed as soon as the signal is aborted, which ends its reads and writes.
 *
 * @throws What `work` throws, or in its place why it was aborted.
 */
export async function whileOpen<Value>(
  stream: { close(): void },
  signal: AbortSignal,
  work: () => Promise<Value>,
): Promise<Value> {
  const close = () => stream.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    if (signal.aborted) close();
    const value = await work();
    signal.throwIfAborted(); // a stream that was closed here looks as if it had ended
    return value;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
