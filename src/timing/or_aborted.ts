/**
 * The value of a promise. The work behind it continues if the wait ends first.
 *
 * @throws {unknown} the reason of `signal`, if that comes first or has come already.
 *
 * @example
 * ```ts
 * const answer = await orAborted(askOnce(), signal);
 * ```
 */
export async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
