import type { KeepReason } from "../../api/resources/engine.ts";
import type { EngineUse } from "../../agent/protocol/rpc_messages.ts";
import type { ActiveRequest } from "../../relay/relay.ts";
import { sleep } from "../../timing/sleep.ts";
import { keepsEngine, reasonsOfRequests, reasonsOfUse } from "./keep_reasons.ts";
import { ReturningWatchers } from "./returning_watchers.ts";

/** A container that ends by itself is noticed this late at worst. Each check is one request to dockerd. */
const CHECK_MILLISECONDS = 30_000;
/** With a short idle time, checks are more frequent: this share of it. */
const CHECK_SHARE = 1 / 4;
/** Time between the end of a use and the check for it, so that work that follows at once is seen with it. */
const SETTLE_MILLISECONDS = 200;
/**
 * How long it is believed that containers keep the engine, as a multiple of the time that the agent took to find out:
 * with a thousand containers that is long, and requests end all the time. So it has a tenth of the time at most.
 */
const BELIEVED_TIMES = 9;
/** What keeps the engine is shown, and may be this old. */
const BELIEVED_MILLISECONDS = 5_000;
/** An agent that does not answer within this time prevents the stop. */
const ASK_MILLISECONDS = 15_000;

/** What two readings of the same moment may differ by: the answer of the agent takes its time. */
const CLOCK_MILLISECONDS = 20_000;

/** The engine to watch, and how to stop it. */
export interface IdleWatchOptions {
  /** How long the engine may be unused; `null` for any time. Asked at each check. */
  readonly idleMilliseconds: () => number | null;
  /** Whether dockerd is running; in every other state there is nothing to stop. */
  readonly isRunning: () => boolean;
  readonly requests: () => readonly ActiveRequest[];
  /** The use that the agent sees. */
  readonly askUse: (signal: AbortSignal) => Promise<EngineUse>;
  /** Stops the engine. Called only if nothing uses it at that very moment. */
  readonly stop: () => Promise<void>;
  /**
   * Ends its idle time, called under the same condition. The engine may be running afterwards, because somebody has
   * come meanwhile. @default {stop}
   */
  readonly endIdle?: () => Promise<void>;
  /** Called when `keptBy` or `stopsAt` has changed. */
  readonly onChange: () => void;
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number;
}

/** The use of a running engine at one moment. */
type UseNow =
  | { readonly isUsed: true; readonly reasons: readonly KeepReason[] }
  | {
    readonly isUsed: false;
    /** When the last use ended, in milliseconds. */
    readonly since: number;
    /** Whether nothing has happened since. What is decided on it must follow without a pause. */
    isCurrent(): boolean;
  };

/**
 * Stops an engine that nobody uses, and knows what keeps one that is in use.
 *
 * Work that arrives during a check is never cut off: the decision and the stop are one step, and requests that arrive
 * after it wait for the next start.
 */
export class IdleWatch implements AsyncDisposable {
  readonly #options: IdleWatchOptions;
  readonly #end = new AbortController();
  readonly #finished: Promise<void>;
  readonly #now: () => number;
  #wake = new AbortController();
  #reasons: readonly KeepReason[] = [];
  /** When the last use ended; `undefined` while the engine is used or not running. */
  #idleSince: number | undefined;
  readonly #watchers = new ReturningWatchers();
  /** Whether the engine was running at the last check. */
  #ran = false;
  /** Counts events, to notice those that happen while the agent is asked. */
  #happened = 0;
  /** When a client in a workspace used the engine last, as far as the agent has said. */
  #workspacesUsedAt = -Infinity;
  /** What the agent has said last, and until when it need not be asked again. */
  #answer: { readonly reasons: readonly KeepReason[]; readonly until: number } = { reasons: [], until: 0 };

  constructor(options: IdleWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#finished = this.#run();
  }

  /** What keeps the engine, as of the last check. */
  get keptBy(): readonly KeepReason[] {
    return this.#reasons;
  }

  /** When the engine will be stopped if nothing happens; `null` where nothing will stop it. */
  get stopsAt(): Date | null {
    const idle = this.#options.idleMilliseconds();
    if (this.#idleSince === undefined || idle === null) return null;
    return new Date(Math.max(this.#idleSince, this.#watchers.watchedAt) + idle);
  }

  /** Notes the end of a request. */
  requestEnded(request: ActiveRequest): void {
    if (!keepsEngine(request)) return this.#watchers.watched(this.#now());
    this.#watchers.used();
    this.#happened++;
    this.#idleSince = undefined;
    this.#wake.abort();
  }

  /** Checks soon: the state of the engine or a setting has changed. */
  checkSoon(): void {
    this.#happened++;
    this.#wake.abort();
  }

  /** Checks once, ends the engine's idle time if its time has come, and returns the milliseconds until the next check. */
  async check(): Promise<number> {
    const idle = this.#options.idleMilliseconds();
    const pause = Math.min(CHECK_MILLISECONDS, (idle ?? Infinity) * CHECK_SHARE);
    if (!this.#options.isRunning()) {
      this.#ran = false;
      this.#answer = { reasons: [], until: 0 };
      this.#update([], undefined);
      return Infinity; // the next change of state wakes us
    }
    if (!this.#ran) this.#watchers.began(this.#now(), idle ?? 0);
    this.#ran = true;
    if (this.#options.requests().length > 0) this.#watchers.watched(this.#now());
    const believed = this.#answer.until - this.#now();
    // The clock may have been set back.
    const isBelieved = this.#answer.reasons.length > 0 && believed > 0 && believed <= BELIEVED_MILLISECONDS;
    const use = await this.#use(isBelieved);
    if (use.isUsed) {
      if (use.reasons.length > 0) this.#watchers.used();
      this.#update(use.reasons, undefined);
      return isBelieved ? Math.min(pause, believed) : pause;
    }
    this.#update([], use.since);
    if (idle === null) return pause;
    const left = Math.max(use.since, this.#watchers.watchedAt) + idle - this.#now();
    if (left > 0) return Math.min(pause, left);
    if (!use.isCurrent()) return 0;
    this.#watchers.stopped(this.#now());
    this.#ran = false;
    const { stop, endIdle = stop } = this.#options;
    const ended = endIdle();
    this.#update([], undefined);
    await ended;
    return this.#options.isRunning() ? pause : Infinity;
  }

  /** For how many milliseconds the running engine has been unused, as of the last check. */
  get unusedFor(): number {
    return this.#idleSince === undefined ? 0 : this.#now() - this.#idleSince;
  }

  /** {@linkcode endIfUnused} with a stop of the engine. */
  stopIfUnused(quietMilliseconds: number): Promise<boolean> {
    return this.endIfUnused(quietMilliseconds, this.#options.stop);
  }

  /**
   * Checks now, and ends what runs if it has been unused for so long, regardless of the idle time. As with the idle time,
   * the decision and the beginning of the end are one step. Resolves to whether it was ended.
   */
  async endIfUnused(quietMilliseconds: number, end: () => Promise<void>): Promise<boolean> {
    if (!this.#options.isRunning()) return false;
    const use = await this.#use(false);
    if (use.isUsed || this.#now() - use.since < quietMilliseconds || !use.isCurrent()) return false;
    await end();
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
      const pause = await this.check();
      await sleep(pause, this.#wake.signal);
      if (this.#wake.signal.aborted) await sleep(SETTLE_MILLISECONDS, this.#end.signal);
    }
  }

  /**
   * An engine that ends meanwhile is used, by nothing in particular: there is nothing to stop any more.
   *
   * @param isBelieved Whether the last answer of the agent will do.
   */
  async #use(isBelieved: boolean): Promise<UseNow> {
    const { requests, isRunning } = this.#options;
    const happened = this.#happened;
    const ofAgent = isBelieved ? this.#answer.reasons : await this.#askAgent();
    const reasons = [...reasonsOfRequests(requests()), ...ofAgent];
    if (reasons.length > 0 || !isRunning()) return { isUsed: true, reasons };
    return {
      isUsed: false,
      since: Math.max(this.#idleSince ?? this.#now(), this.#workspacesUsedAt),
      isCurrent: () => happened === this.#happened && reasonsOfRequests(requests()).length === 0,
    };
  }

  async #askAgent(): Promise<readonly KeepReason[]> {
    const asked = this.#now();
    const reasons = await this.#reasonsOfAgent();
    const now = this.#now();
    const until = now + Math.min(BELIEVED_TIMES * (now - asked), BELIEVED_MILLISECONDS);
    this.#answer = { reasons, until };
    return reasons;
  }

  async #reasonsOfAgent(): Promise<KeepReason[]> {
    try {
      const limit = AbortSignal.timeout(ASK_MILLISECONDS);
      const use = await this.#options.askUse(AbortSignal.any([limit, this.#end.signal]));
      this.#noteWorkspaces(use);
      return reasonsOfUse(use);
    } catch {
      return [{ what: "Docker did not report what is using it", since: null }];
    }
  }

  /** The requests of clients in workspaces come and go without the host. */
  #noteWorkspaces({ workspaceWatchers = 0, workspaceQuiet }: EngineUse): void {
    if (workspaceWatchers > 0) this.#watchers.watched(this.#now());
    if (workspaceQuiet === undefined) return;
    const usedAt = this.#now() - workspaceQuiet;
    if (usedAt > this.#workspacesUsedAt + CLOCK_MILLISECONDS) this.#watchers.used();
    this.#workspacesUsedAt = Math.max(usedAt, this.#workspacesUsedAt);
  }

  #update(reasons: readonly KeepReason[], idleSince: number | undefined): void {
    const before = JSON.stringify([this.#reasons, this.stopsAt]);
    this.#reasons = reasons;
    this.#idleSince = idleSince;
    if (JSON.stringify([reasons, this.stopsAt]) !== before) this.#options.onChange();
  }
}
