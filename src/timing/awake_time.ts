/** Between two readings of the clock: short compared with every limit that is measured so. */
const POLL_MILLISECONDS = 1_000;
/** A look may come late on a busy machine; one that is later was kept by the machine's sleep. */
const LATE_MILLISECONDS = 10_000;

/** The clock and the timers; replaced in tests. */
export interface AwakeClock {
  /** Milliseconds of a clock that only goes forward. On Windows it continues while the machine sleeps. */
  now(): number;
  /** Calls back after the time; returns what takes that back. */
  after(milliseconds: number, call: () => void): () => void;
}

/** The clock and the timers of the machine. */
export const SYSTEM_CLOCK: AwakeClock = {
  now: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Calls back once the machine has been awake for so many milliseconds. For limits of what somebody else has to do: while
 * the lid is closed, nobody does anything. Disposing it takes it back.
 */
export function afterAwake(milliseconds: number, call: () => void, clock = SYSTEM_CLOCK): Disposable {
  let left = milliseconds;
  let cancel = () => {};
  const wait = () => {
    const pause = Math.min(left, POLL_MILLISECONDS);
    const begun = clock.now();
    cancel = clock.after(pause, () => {
      const passed = clock.now() - begun;
      left -= passed - pause < LATE_MILLISECONDS ? Math.max(passed, pause) : pause;
      if (left <= 0) call();
      else wait();
    });
  };
  wait();
  return { [Symbol.dispose]: () => cancel() };
}
