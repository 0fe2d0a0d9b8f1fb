import { PeriodicChecks } from "../timing/periodic_checks.ts";

/** When a join of which one direction has ended is ended as a whole. */
export interface HalfCloseLimits {
  /** Ends the join when nothing has moved in its other direction for so many milliseconds. */
  readonly idleMilliseconds?: number;
  /** Whether the client, which has ended its own direction, has gone altogether. Asked repeatedly; never rejects. */
  readonly isGone?: () => Promise<boolean>;
  /** Replaces the time between two checks; for tests. */
  readonly checkMilliseconds?: number;
}

/**
 * How long a half-closed connection of a published port or a host service may stay silent, in milliseconds: as long as
 * Linux itself remembers one that it translates (nf_conntrack_tcp_timeout_fin_wait), which is how bare Docker publishes
 * ports. A client that has closed its socket looks the same as one that waits for the rest of an answer.
 */
export const HALF_CLOSED_IDLE_MILLISECONDS = 120_000;

/** How often half-closed joins are checked, in milliseconds: soon enough for a client that was interrupted. */
const CHECK_MILLISECONDS = 2_000;

/** Nearly every connection is half-closed for a moment at its end, so they share one timer. */
const CHECKS = new PeriodicChecks(CHECK_MILLISECONDS);

/** Watches one join once its first direction has ended. */
export class HalfCloseWatch implements Disposable {
  readonly #limits: HalfCloseLimits;
  readonly #over: (reason: Error) => void;
  readonly #tick = (): void => void this.#check();
  /** What the check is registered with, once a direction has ended. */
  #checks: PeriodicChecks | undefined;
  #isClientDone = false;
  #writes = 0;
  #quietSince = 0;

  /** @param over Called when the join is to end. */
  constructor(limits: HalfCloseLimits, over: (reason: Error) => void) {
    this.#limits = limits;
    this.#over = over;
  }

  /** One direction has ended; `isClientDone` if it is the client's. */
  begin(isClientDone: boolean): void {
    const { idleMilliseconds, isGone, checkMilliseconds } = this.#limits;
    if (this.#checks !== undefined || (idleMilliseconds === undefined && isGone === undefined)) return;
    this.#isClientDone = isClientDone;
    this.#quietSince = performance.now();
    this.#checks = checkMilliseconds === undefined ? CHECKS : new PeriodicChecks(checkMilliseconds);
    this.#checks.add(this.#tick);
  }

  /** Bytes are on their way to a reader. While it takes its time, the connection is not idle. */
  writing(): void {
    this.#writes++;
  }

  /** They have been delivered. */
  written(): void {
    this.#writes--;
    // Only a join that is being watched needs the time, and this runs for every piece of every join.
    if (this.#checks !== undefined) this.#quietSince = performance.now();
  }

  [Symbol.dispose](): void {
    this.#checks?.remove(this.#tick);
    this.#checks = undefined;
  }

  async #check(): Promise<void> {
    const { idleMilliseconds = Infinity, isGone } = this.#limits;
    const isIdle = this.#writes === 0 && performance.now() - this.#quietSince >= idleMilliseconds;
    if (isIdle) return this.#over(new Error(`it is half-closed, and idle for ${idleMilliseconds / 1000} s`));
    if (!this.#isClientDone || isGone === undefined || !await isGone()) return;
    if (this.#checks !== undefined) this.#over(new Error("its client has disconnected"));
  }
}
