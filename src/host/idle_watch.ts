import type { EngineUse } from "../agent/rpc_messages.ts";
import type { ActiveRequest } from "../relay/relay.ts";
import { sleep } from "../timing/sleep.ts";
import { type KeepReason, keepsEngine, reasonsOfRequests, reasonsOfUse } from "./engine_use.ts";

/** A container that ends by itself is noticed this late at worst. Each look is one request to dockerd. */
const LOOK_MILLISECONDS = 30_000;
/** With a short idle time, looks are more frequent: this share of it. */
const LOOK_SHARE = 1 / 4;
/** A use that has ended is told this soon after; what follows at once is told with it. */
const SETTLE_MILLISECONDS = 200;
/** An agent that cannot tell within this time does not let the engine be stopped. */
const ASK_MILLISECONDS = 15_000;

/** What the watch looks at, and what it does. */
export interface IdleWatchOptions {
  /** How long nothing must have kept the engine; `null` for never. Asked at each look. */
  readonly idleMilliseconds: () => number | null;
  /** Whether dockerd runs; in every other state there is nothing to stop. */
  readonly isRunning: () => boolean;
  readonly requests: () => readonly ActiveRequest[];
  /** What the agent sees. */
  readonly askUse: (signal: AbortSignal) => Promise<EngineUse>;
  /** Stops the engine. Called only if nothing keeps it at that very moment. */
  readonly stop: () => Promise<void>;
  /** Called when what is told has changed. */
  readonly onChange: () => void;
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number;
}

/**
 * Stops an engine that nobody uses, and knows what keeps one that is in use.
 *
 * Work that arrives while it looks is never cut off: the decision and the stop are one step, and the stop queues
 * whatever comes after.
 */
export class IdleWatch implements AsyncDisposable {
  readonly #options: IdleWatchOptions;
  readonly #end = new AbortController();
  readonly #finished: Promise<void>;
  readonly #now: () => number;
  #wake = new AbortController();
  #reasons: readonly KeepReason[] = [];
  /** When the last thing that kept the engine ended; nothing while something does, or nothing runs. */
  #idleSince: number | undefined;
  /** Counts what has happened, to see whether anything did while the agent was asked. */
  #happened = 0;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#finished = this.#run();
  }

  /** What keeps the engine, as of the last look. */
  get keptBy(): readonly KeepReason[] {
    return this.#reasons;
  }

  /** When the engine will be stopped if nothing happens; `null` where nothing will stop it. */
  get stopsAt(): Date | null {
    const idle = this.#options.idleMilliseconds();
    return this.#idleSince === undefined || idle === null ? null : new Date(this.#idleSince + idle);
  }

  /** Tells that a request has ended. */
  requestEnded(request: ActiveRequest): void {
    if (!keepsEngine(request)) return;
    this.#happened++;
    this.#idleSince = undefined;
    this.#wake.abort();
  }

  /** Looks now: the engine has changed its state, or a setting has. */
  look(): void {
    this.#happened++;
    this.#wake.abort();
  }

  /** Looks once, stops the engine if its time has come, and says after how many milliseconds to look again. */
  async lookOnce(): Promise<number> {
    const idle = this.#options.idleMilliseconds();
    const pause = Math.min(LOOK_MILLISECONDS, (idle ?? Infinity) * LOOK_SHARE);
    if (!this.#options.isRunning()) {
      this.#tell([], undefined);
      return Infinity; // the next change of state wakes us
    }
    const happened = this.#happened;
    const reasons = [...reasonsOfRequests(this.#options.requests()), ...await this.#reasonsOfAgent()];
    if (reasons.length > 0 || !this.#options.isRunning()) {
      this.#tell(reasons, undefined);
      return pause;
    }
    const since = this.#idleSince ?? this.#now();
    this.#tell(reasons, since);
    if (idle === null) return pause;
    const left = since + idle - this.#now();
    if (left > 0) return Math.min(pause, left);
    if (happened !== this.#happened || reasonsOfRequests(this.#options.requests()).length > 0) return 0;
    const stopped = this.#options.stop();
    this.#tell([], undefined);
    await stopped;
    return Infinity;
  }

  /** For how many milliseconds nothing has kept the running engine, as of the last look. */
  get unusedFor(): number {
    return this.#idleSince === undefined ? 0 : this.#now() - this.#idleSince;
  }

  /**
   * Looks now, and stops the engine if nothing has kept it for so long, whatever the idle time is. As with the idle
   * time, the decision and the stop are one step. Resolves to whether it was stopped.
   */
  async stopIfUnused(quietMilliseconds: number): Promise<boolean> {
    if (!this.#options.isRunning()) return false;
    const happened = this.#happened;
    const reasons = [...reasonsOfRequests(this.#options.requests()), ...await this.#reasonsOfAgent()];
    if (reasons.length > 0 || !this.#options.isRunning()) return false;
    const since = this.#idleSince ?? this.#now();
    if (this.#now() - since < quietMilliseconds) return false;
    if (happened !== this.#happened || reasonsOfRequests(this.#options.requests()).length > 0) return false;
    await this.#options.stop();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    this.#wake.abort();
    await this.#finished;
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      this.#wake = new AbortController();
      const pause = await this.lookOnce();
      await waitFor(pause, this.#wake.signal);
      if (this.#wake.signal.aborted) await sleep(SETTLE_MILLISECONDS, this.#end.signal);
    }
  }

  async #reasonsOfAgent(): Promise<KeepReason[]> {
    try {
      const limit = AbortSignal.timeout(ASK_MILLISECONDS);
      return reasonsOfUse(await this.#options.askUse(AbortSignal.any([limit, this.#end.signal])));
    } catch {
      return [{ what: "Docker does not say what it is in use for", since: null }];
    }
  }

  #tell(reasons: readonly KeepReason[], idleSince: number | undefined): void {
    const before = JSON.stringify([this.#reasons, this.stopsAt]);
    this.#reasons = reasons;
    this.#idleSince = idleSince;
    if (JSON.stringify([reasons, this.stopsAt]) !== before) this.#options.onChange();
  }
}

/** As `sleep()`, but also for ever. */
async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  // A timer holds at most 2^31 - 1 milliseconds; who waits longer is woken by something else.
  await sleep(Math.min(milliseconds, 2 ** 31 - 1), signal);
}
