import { WindlassError } from "../../errors/windlass_error.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import type { DockerdState } from "../protocol/dockerd_state.ts";

/** The state of the engine, and those who wait for it to run. */
export class StateBoard {
  readonly #onState: (state: DockerdState) => void;
  readonly #waiting = new Set<() => void>();
  #state: DockerdState = { kind: "preparing", stage: "leftovers" };
  #isLeaving = false;
  #clients = 0;

  constructor(onState: (state: DockerdState) => void) {
    this.#onState = onState;
  }

  get state(): DockerdState {
    return this.#state;
  }

  /** Whether the engine stops for good. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** How many wait for the engine to run. */
  get clients(): number {
    return this.#clients;
  }

  set(state: DockerdState): void {
    this.#state = state;
    this.#onState(state);
    this.#wake();
  }

  /** From now on nobody waits any longer: the engine will not run again. */
  leave(): void {
    this.#isLeaving = true;
    this.#wake();
  }

  /**
   * Resolves once the state is "running".
   *
   * @param hopeless Asked in the state "failed": whether a wait for the next try is pointless.
   * @throws {WindlassError} `WL_ENGINE_FAILED`, `WL_ENGINE_TIMEOUT`; the signal's reason.
   */
  async whenRunning(signal: AbortSignal, hopeless: () => boolean): Promise<void> {
    if (this.#isRunning()) return; // the usual case costs nothing
    this.#clients++;
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), AGENT_LIMITS.streamWaitMilliseconds);
    const limit = AbortSignal.any([signal, timer.signal]);
    try {
      while (!this.#isRunning()) {
        signal.throwIfAborted();
        if (this.#isLeaving) {
          throw new WindlassError("WL_ENGINE_FAILED", "Cannot reach Docker: the engine is stopping");
        }
        if (this.#state.kind === "failed" && hopeless()) {
          throw new WindlassError("WL_ENGINE_FAILED", this.#state.message);
        }
        if (timer.signal.aborted) {
          const seconds = AGENT_LIMITS.streamWaitMilliseconds / 1000;
          throw new WindlassError(
            "WL_ENGINE_TIMEOUT",
            `Cannot reach Docker: it did not start within ${seconds} s`,
          );
        }
        await this.#nextChange(limit);
      }
    } finally {
      clearTimeout(timeout);
      this.#clients--;
    }
  }

  #isRunning(): boolean {
    return this.#state.kind === "running";
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    return promise.finally(() => {
      this.#waiting.delete(wake);
      signal.removeEventListener("abort", wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
