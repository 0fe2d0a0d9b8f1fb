import type { DaemonConfiguration } from "../agent/daemon_options.ts";
import type { EngineState as AgentEngineState, EngineUse } from "../agent/rpc_messages.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Log, LogLine } from "../logging/log.ts";
import type { Duplex } from "../streams/duplex.ts";
import { sleep } from "../timing/sleep.ts";
import type { Wsl } from "../wsl/wsl.ts";
import { CurrentLife } from "./current_life.ts";
import { DataKeeper, type DataKeeperOptions, DISTRO_LOST } from "./data_keeper.ts";
import { type EngineLifeOptions, openEngineLife } from "./engine_life.ts";
import { type EngineState, stateOfAgent } from "./engine_state.ts";
import { problemOf } from "../errors/problem_of.ts";
import { RetryPace } from "./retry_pace.ts";
import { requireTerminated, terminateDistros } from "./terminate_distros.ts";

/** A request waits at most this long for the engine: a first import on a slow disk, and then its start. */
const CONNECT_MILLISECONDS = 180_000;
/** From this many failures in a row on, requests are told why at once instead of waiting for the next try. */
const PATIENCE_FAILURES = 2;

/** What an import tells while it goes on. */
export interface ImportProgress {
  readonly stage: string;
  /** Bytes of the compressed archive sent so far, and in all. */
  readonly done: number;
  readonly total: number;
}

/** The distros, as far as the engine's life needs them. */
export interface EngineDistros {
  /** The one that holds this version's engine; content decides, so it may change while `ensure()` runs first. */
  readonly engineName: string;
  readonly dataName: string;
  /** What may still run the engine of another version, on the same data. */
  readonly otherEngineNames: readonly string[];
  /** Whether the record says that both are imported and current: a hint that is quick to have. */
  areRecorded(): Promise<boolean>;
  /** Looks closely, and imports what is missing or outdated. Safe to repeat. */
  ensure(options: { signal: AbortSignal; progress: (progress: ImportProgress) => void }): Promise<void>;
}

/** What the engine needs. */
export interface EngineOptions {
  readonly wsl: Pick<Wsl, "spawn" | "terminate">;
  readonly distros: EngineDistros;
  /** The user's options for dockerd; asked at each start. None if absent. */
  readonly daemonOptions?: () => DaemonConfiguration;
  readonly log: Log;
  /** Lines of the agent and of dockerd. */
  readonly onLine: (line: LogLine) => void;
  /** Called after every change of state. */
  readonly onState: (state: EngineState) => void;
  readonly serveAgent?: EngineLifeOptions["serveAgent"];
  /** Opens one life; replaced in tests. */
  readonly openLife?: typeof openEngineLife;
  /** Keeps the data distro; replaced in tests. */
  readonly openKeeper?: (options: DataKeeperOptions) => Pick<DataKeeper, "lost"> & AsyncDisposable;
  /** Waits between two tries; replaced in tests. */
  readonly wait?: typeof sleep;
}

/** From a start to the stop that ends it. */
interface Running {
  readonly end: AbortController;
  readonly finished: Promise<void>;
}

/**
 * The engine: imports what is missing, keeps one life of it going, and starts the next when one ends.
 *
 * Guarantees: at most one life at a time; a life that ends is followed by another, with back-off, until
 * `stop()`; a request that comes while it is stopped or stopping starts it again and is served by what comes then;
 * the state always says what is so.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #life = new CurrentLife();
  #state: EngineState = { kind: "stopped" };
  #pace = new RetryPace();
  /** Ends the wait before the next try. */
  #tryNow = new AbortController();
  #running: Running | undefined;
  #stopping: Promise<void> | undefined;
  /** Whether somebody has asked for a start while it was stopping. */
  #startAfterStop = false;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Starts the engine if it does not run, or tries again now if it failed. Returns at once; the state tells how it goes. */
  start(): void {
    if (this.#closed) return;
    if (this.#stopping !== undefined) {
      this.#startAfterStop = true;
      return;
    }
    if (this.#running !== undefined) {
      if (this.#state.kind !== "failed") return;
      this.#pace = new RetryPace();
      this.#set({ kind: "starting", stage: "Starting the engine again" });
      return this.#tryNow.abort();
    }
    const end = new AbortController();
    this.#pace = new RetryPace();
    this.#set({ kind: "starting", stage: "Starting the engine" });
    this.#running = { end, finished: this.#keepAlive(end.signal) };
  }

  /**
   * Stops dockerd and both distros, ours only. Who connects from this moment on is served by the next life: nobody
   * is handed the one that ends. Safe to repeat.
   */
  stop(): Promise<void> {
    if (this.#running === undefined) return Promise.resolve();
    return this.#stopping ??= this.#stop(this.#running);
  }

  /** Stops for good: from now on nothing starts it, and requests are refused. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#life.giveUp(hostEnding());
    await this.stop();
  }

  /**
   * A connection to dockerd. Starts the engine if it is stopped, and waits while it is being imported or started.
   *
   * @throws {WindlassError} `WL_ENGINE_TIMEOUT`; `WL_ENGINE_FAILED` at once when the last tries failed.
   */
  async connect(signal: AbortSignal): Promise<Duplex> {
    if (this.#state.kind === "failed" && this.#pace.failures >= PATIENCE_FAILURES) {
      throw new WindlassError("WL_ENGINE_FAILED", this.#state.problem.message, {
        remedy: this.#state.problem.remedy,
      });
    }
    const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MILLISECONDS)]);
    const aborted = Promise.withResolvers<never>();
    const abort = () =>
      aborted.reject(
        signal.aborted ? signal.reason : new WindlassError(
          "WL_ENGINE_TIMEOUT",
          `Cannot reach the engine: it is ${this.#state.kind} for ${CONNECT_MILLISECONDS / 1000} s`,
        ),
      );
    limit.addEventListener("abort", abort, { once: true });
    try {
      for (;;) {
        if (this.#closed) throw hostEnding();
        if (this.#running === undefined || this.#stopping !== undefined) this.start();
        const life = await Promise.race([this.#life.next, aborted.promise]);
        // A stop may have come between the promise and us.
        if (life === this.#life.present) return life.connect();
      }
    } finally {
      limit.removeEventListener("abort", abort);
    }
  }

  /**
   * What the agent sees that dockerd is in use for.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if nothing runs; why dockerd does not answer otherwise.
   */
  use(signal: AbortSignal): Promise<EngineUse> {
    const life = this.#life.present;
    if (life !== undefined) return life.use(signal);
    return Promise.reject(new WindlassError("WL_ENGINE_FAILED", "Cannot ask the engine: it does not run"));
  }

  /**
   * What dockerd says against these options, as it ends a sentence; nothing if it would take them, or if there is no
   * engine to ask: whether they are used is decided at each start anyway.
   */
  async checkDaemonOptions(options: DaemonConfiguration, signal: AbortSignal): Promise<string | undefined> {
    return await this.#life.present?.checkDaemonOptions(options, signal);
  }

  async #stop({ end, finished }: Running): Promise<void> {
    this.#set({ kind: "stopping", stage: "Stopping the containers and the engine" });
    this.#life.end();
    end.abort();
    await finished;
    const { wsl, distros, log } = this.#options;
    await terminateDistros(wsl, [distros.engineName, distros.dataName], log);
    this.#running = this.#stopping = undefined;
    const startAgain = this.#startAfterStop && !this.#closed;
    this.#startAfterStop = false;
    if (startAgain) this.start();
    else this.#set({ kind: "stopped" });
  }

  async #keepAlive(signal: AbortSignal): Promise<void> {
    const { wsl, distros } = this.#options;
    let certain = await distros.areRecorded();
    while (!signal.aborted) {
      try {
        if (!certain) await distros.ensure({ signal, progress: (progress) => this.#importing(progress) });
        await requireTerminated(wsl, distros.otherEngineNames);
        return await this.#liveOn(signal);
      } catch (error) {
        // The record was wrong, or somebody unregistered a distro: look closely next time.
        certain = false;
        await this.#pauseAfter(error, 0, signal);
      }
    }
  }

  /**
   * Lives, one after another, until a stop. The keeper of the data outlasts them: it cannot leave while a dockerd
   * that was left behind still writes, and the next life must not wait for that.
   *
   * @throws {WindlassError} One of {@linkcode DISTRO_LOST}.
   */
  async #liveOn(signal: AbortSignal): Promise<void> {
    const { wsl, distros, log, openKeeper = (options) => new DataKeeper(options) } = this.#options;
    await using keeper = openKeeper({ wsl, distro: distros.dataName, log });
    while (!signal.aborted) {
      const started = performance.now();
      const failure = await this.#live(keeper.lost, signal);
      if (failure === undefined) return;
      if (DISTRO_LOST.has(failure.code)) throw failure;
      await this.#pauseAfter(failure, performance.now() - started, signal);
    }
  }

  async #pauseAfter(error: unknown, ranMilliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { log, wait = sleep } = this.#options;
    const problem = problemOf(error);
    const pause = this.#pace.failed(ranMilliseconds);
    log("error", "engine.failed", { reason: problem.message, failures: this.#pace.failures, retryIn: pause });
    // The first failure is mended at once and says so only in the log: nothing is known to be broken yet.
    if (this.#pace.failures < PATIENCE_FAILURES) {
      this.#set({ kind: "starting", stage: "Starting the engine again" });
    } else this.#set({ kind: "failed", problem });
    this.#tryNow = new AbortController();
    await wait(pause, AbortSignal.any([signal, this.#tryNow.signal]));
  }

  /** One life; resolves to why it ended, or to nothing after a stop. */
  async #live(dataLost: Promise<WindlassError>, signal: AbortSignal): Promise<WindlassError | undefined> {
    const { wsl, distros, log, onLine, serveAgent, openLife = openEngineLife } = this.#options;
    await using life = openLife({
      wsl,
      engineDistro: distros.engineName,
      dataLost,
      daemonOptions: this.#options.daemonOptions?.() ?? {},
      log,
      onLine,
      onState: (state) => this.#agentSays(state, signal),
      ...(serveAgent === undefined ? {} : { serveAgent }),
    });
    if (!signal.aborted) this.#life.begin(life);
    try {
      const stopped = Promise.withResolvers<undefined>();
      signal.addEventListener("abort", () => stopped.resolve(undefined), { once: true });
      if (signal.aborted) stopped.resolve(undefined);
      const failure = await Promise.race([life.ended, stopped.promise]);
      if (failure === undefined) await life.shutDown();
      return failure;
    } finally {
      this.#life.end();
    }
  }

  #importing(progress: ImportProgress): void {
    this.#set({ kind: "importing", ...progress });
  }

  #agentSays(state: AgentEngineState, signal: AbortSignal): void {
    if (signal.aborted) return; // the host is stopping it, and says so itself
    this.#set(stateOfAgent(state));
  }

  #set(state: EngineState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function hostEnding(): WindlassError {
  return new WindlassError("WL_HOST_NOT_RUNNING", "Cannot reach the engine: Windlass is being stopped");
}
