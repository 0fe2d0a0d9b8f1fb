import { WindlassError } from "../../errors/windlass_error.ts";

/**
 * A request waits at most this long for the engine: a first import on a slow disk, and then its start. Containers of
 * the last engine that have asked for more time to stop get it nevertheless.
 */
const CONNECT_MILLISECONDS = 180_000;

/** The wait of one request for the engine. */
export interface ConnectLimitOptions {
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Whether the engine is stopping, which may take as long as its containers need. */
  readonly isStopping: () => boolean;
  /** What the engine is doing, in a word. */
  readonly state: () => string;
}

/** The end of a wait. */
export interface ConnectLimit extends Disposable {
  /** Rejects with the signal's reason, or with `WL_ENGINE_TIMEOUT`. Never resolves. */
  readonly missed: Promise<never>;
}

/** Begins to count the time of a request. */
export function connectLimit({ signal, isStopping, state }: ConnectLimitOptions): ConnectLimit {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // the engine may come first
  const over = new AbortController();
  const whenLate = () => {
    if (isStopping()) return void (timer = setTimeout(whenLate, CONNECT_MILLISECONDS));
    const waited = `it has been ${state()} for ${CONNECT_MILLISECONDS / 1000} s`;
    reject(new WindlassError("WL_ENGINE_TIMEOUT", `Cannot reach the engine: ${waited}`));
  };
  let timer = setTimeout(whenLate, CONNECT_MILLISECONDS);
  const giveUp = () => reject(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true, signal: over.signal });
  return {
    missed: promise,
    [Symbol.dispose]() {
      clearTimeout(timer);
      over.abort();
    },
  };
}
