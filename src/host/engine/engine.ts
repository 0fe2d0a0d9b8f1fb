import type { DockerdState } from "../../agent/protocol/dockerd_state.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Upstream } from "../../relay/upstream.ts";
import { aborted, sleep } from "../../timing/sleep.ts";
import { connectLimit } from "./connect_limit.ts";
import { CurrentLife } from "./current_life.ts";
import { DataKeeper, DISTRO_LOST } from "./data_keeper.ts";
import { hostEnding } from "./host_ending.ts";
import { EngineCalls } from "./engine_calls.ts";
import { type EngineLife, openEngineLife } from "./engine_life.ts";
import type { ImportProgress } from "./engine_distros.ts";
import type { EngineOptions } from "./engine_options.ts";
import { type EngineState, stateOfAgent, stopStage } from "./engine_state.ts";
import { problemOf, type ReportedProblem } from "../../errors/problem_of.ts";
import { RetryPace } from "./retry_pace.ts";
import { needsUser } from "../control/needs_user.ts";
import type { StartOrigin } from "./start_recorder.ts";
import { endAtOnce, requireTerminated, terminateDistros } from "./terminate_distros.ts";

/** After this many failures in a row, requests are refused at once with the reason instead of waiting for the next try. */
const PATIENCE_FAILURES = 2;
/** The agent's own limit for the end of dockerd is 30 s, plus that of containerd; no container runs by then. */
const REST_MILLISECONDS = 45_000;

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
 * the state is always current.
 */
export class Engine extends EngineCalls {
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
  /** Whether a life is to begin without dockerd, which the first client then starts. */
  #rests = false;
  /** Set while the agent is being asked to rest. Never rejects. */
  #restUnderWay: Promise<void> | undefined;
  /** Ends the wait of a stop. */
  #force = new AbortController();

  constructor(options: EngineOptions) {
    super();
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  override get life(): EngineLife | undefined {
    return this.#life.present;
  }

  /**
   * Starts the engine if it does not run, wakes it if it rests, or tries again now if it failed. Returns at once; the
   * state reports its progress.
   */
  start(cause: StartOrigin["cause"] = "command"): void {
    if (this.#closed) return;
    if (this.#stopping !== undefined) {
      this.#startAfterStop = true;
      return;
    }
    if (this.#running !== undefined && this.#state.kind !== "failed" && !this.#rests) return;
    this.#options.onStart?.(cause);
    const rested = this.#rests;
    this.#rests = false;
    if (rested && this.#running !== undefined && this.#state.kind !== "failed") this.#life.present?.wake();
    else this.#begin();
  }

  /** Starts a stopped engine without dockerd, which the first client then starts. Does nothing in any other state. */
  startResting(): void {
    if (this.#closed || this.#stopping !== undefined || this.#running !== undefined) return;
    this.#rests = true;
    this.#begin();
  }

  /**
   * Stops dockerd, but leaves the agent, which starts it for the next client. Stops everything if the agent does not
   * do so in time. Called only if nothing uses the engine at that very moment; it continues if a client came meanwhile.
   */
  rest(): Promise<void> {
    return this.#restUnderWay ??= this.#rest().finally(() => this.#restUnderWay = undefined);
  }

  async #rest(): Promise<void> {
    const life = this.#life.present;
    if (life === undefined) return;
    try {
      await life.rest(AbortSignal.timeout(REST_MILLISECONDS));
    } catch (error) {
      this.#options.log("info", "engine.rest.refused", { reason: problemOf(error).message });
      if (!isWindlassError(error)) await this.stop();
    }
  }

  /** Whether it rests, and nobody has asked for more. */
  get isResting(): boolean {
    return this.#state.kind === "resting" && this.#rests && this.#stopping === undefined;
  }

  #begin(): void {
    this.#pace = new RetryPace();
    if (this.#running !== undefined) {
      this.#set({ kind: "starting", stage: "Starting the engine again" });
      return this.#tryNow.abort();
    }
    const end = new AbortController();
    this.#set({ kind: "starting", stage: "Starting the engine" });
    this.#running = { end, finished: this.#keepAlive(end.signal) };
  }

  /**
   * Stops dockerd and both distros, ours only. A client that connects after this moment is served by the next life: nobody
   * is handed the one that ends. Safe to repeat.
   */
  stop(): Promise<void> {
    if (this.#running === undefined) return Promise.resolve();
    return this.#stopping ??= this.#stop(this.#running);
  }

  /** Has the stop that is under way, or the next one, kill the containers instead of waiting for them. */
  forceStop(): void {
    this.#force.abort();
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
  async connect(signal: AbortSignal): Promise<Upstream> {
    if (this.#state.kind === "failed" && this.#isKnownToFail(this.#state.problem)) {
      throw new WindlassError("WL_ENGINE_FAILED", this.#state.problem.message, {
        remedy: this.#state.problem.remedy,
      });
    }
    using limit = connectLimit({
      signal,
      isStopping: () => this.#stopping !== undefined,
      state: () => this.#state.kind,
    });
    for (;;) {
      // A connection that overtook the request to rest would lose its dockerd.
      while (this.#restUnderWay !== undefined) await Promise.race([this.#restUnderWay, limit.missed]);
      if (this.#closed) throw hostEnding();
      if (this.#running === undefined || this.#stopping !== undefined || this.#rests) this.start("request");
      const life = await Promise.race([this.#life.next, limit.missed]);
      // A stop or a rest may have come between the promise and us.
      if (life === this.#life.present && this.#restUnderWay === undefined) return life.connect();
    }
  }

  async #stop({ end, finished }: Running): Promise<void> {
    this.#set({ kind: "stopping", stage: stopStage([]) });
    this.#life.end();
    end.abort();
    await finished;
    const { wsl, distros, log } = this.#options;
    await terminateDistros(wsl, [distros.engineName, distros.dataName], log);
    this.#running = this.#stopping = undefined;
    this.#force = new AbortController();
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
      if (failure === undefined && this.#force.signal.aborted) await endAtOnce(keeper, wsl, distros, log);
      if (failure === undefined) return;
      // A request that came meanwhile has ended the rest.
      if (this.#rests && !await this.#keepsResting() && this.#rests) return void this.stop();
      if (DISTRO_LOST.has(failure.code)) throw failure;
      await this.#pauseAfter(failure, performance.now() - started, signal);
    }
  }

  /** After `wsl --shutdown`, an engine that only rests must not start the virtual machine again. */
  async #keepsResting(): Promise<boolean> {
    return await this.#options.keepsResting?.().catch(() => false) ?? false;
  }

  async #pauseAfter(error: unknown, ranMilliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { log, wait = sleep } = this.#options;
    const problem = problemOf(error);
    const pause = this.#pace.failed(ranMilliseconds);
    log("error", "engine.failed", { reason: problem.message, failures: this.#pace.failures, retryIn: pause });
    // A first failure is only logged: the next try, which comes at once, usually succeeds.
    if (this.#isKnownToFail(problem)) this.#set({ kind: "failed", problem });
    else this.#set({ kind: "starting", stage: "Starting the engine again" });
    this.#tryNow = new AbortController();
    await wait(pause, AbortSignal.any([signal, this.#tryNow.signal]));
  }

  #isKnownToFail({ code }: ReportedProblem): boolean {
    return this.#pace.failures >= PATIENCE_FAILURES || needsUser(code);
  }

  /** One life; resolves to why it ended, or to nothing after a stop. */
  async #live(dataLost: Promise<WindlassError>, signal: AbortSignal): Promise<WindlassError | undefined> {
    const { wsl, distros, log, onLine, worked, serveAgent, openLife = openEngineLife } = this.#options;
    await using life = openLife({
      wsl,
      engineDistro: distros.engineName,
      dataLost,
      daemonOptions: this.#options.daemonOptions?.() ?? {},
      rests: this.#rests,
      log,
      onLine,
      worked,
      onState: (state) => this.#agentSays(state, signal),
      onAgentStart: this.#options.onAgentStart,
      ...(serveAgent === undefined ? {} : { serveAgent }),
    });
    if (!signal.aborted) {
      this.#life.begin(life);
      this.#options.onLife?.(life);
    }
    try {
      const failure = await Promise.race([life.ended, aborted(signal).then(() => undefined)]);
      if (failure === undefined) await life.shutDown(this.#force.signal);
      return failure;
    } finally {
      this.#life.end();
    }
  }

  #importing(progress: ImportProgress): void {
    this.#set({ kind: "importing", ...progress });
  }

  #agentSays(state: DockerdState, signal: AbortSignal): void {
    // The host is stopping it, and says so itself; for whom it waits, only the agent knows.
    if (signal.aborted && (state.kind !== "stopping" || state.waits === undefined)) return;
    if (signal.aborted && state.kind === "stopping") {
      return this.#set({ kind: "stopping", stage: stopStage(state.waits ?? []) });
    }
    if (state.kind === "resting") this.#rests = true;
    if (state.kind === "starting") this.#rests = false;
    this.#set(stateOfAgent(state));
  }

  #set(state: EngineState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
