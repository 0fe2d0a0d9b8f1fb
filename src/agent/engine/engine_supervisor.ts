import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLine } from "../../logging/log.ts";
import { AGENT_LIMITS, RESTART_BACK_OFF } from "../agent_limits.ts";
import { backOffMilliseconds } from "../../timing/back_off.ts";
import type { DockerdProcess } from "./dockerd_process.ts";
import { failureOf, isFullDisk } from "./engine_failure.ts";
import type { EngineMachine, PreparedEngine } from "./engine_machine.ts";
import {
  type DockerdState,
  type PreparationStage,
  type StoppingStage,
  type StopWait,
} from "../protocol/dockerd_state.ts";
import { aborted } from "../../timing/sleep.ts";
import { stopMilliseconds } from "../protocol/stop_limit.ts";
import { StateBoard } from "./state_board.ts";

/** Dependencies of a supervisor. */
export interface EngineSupervisorOptions {
  readonly machine: EngineMachine;
  readonly log: Log;
  /** Each line of dockerd. */
  readonly onLine: (line: LogLine) => void;
  /** Each change of state. */
  readonly onState: (state: DockerdState) => void;
  /** Does not start dockerd before somebody waits for it. */
  readonly startResting?: boolean;
}

/**
 * Keeps one dockerd running: prepares the machine, starts it, waits until it answers, starts it again when it
 * ends. Failures in a row are followed by growing waits, and never by giving up.
 *
 * @example
 * ```ts
 * const supervisor = new EngineSupervisor({ machine: createEngineMachine(log), log, onLine, onState });
 * const over = supervisor.run(leave.signal);
 * await supervisor.whenRunning(request.signal);
 * ```
 */
export class EngineSupervisor {
  readonly #options: EngineSupervisorOptions;
  readonly #board: StateBoard;
  /** Failures since dockerd last ran well. */
  #failures = 0;
  /** Whether the dockerd that was started last has ever answered; `undefined` before the first. */
  #answers: boolean | undefined;
  #restart: PromiseWithResolvers<void> | undefined;
  #rest: PromiseWithResolvers<void> | undefined;
  /** Aborted when a restart or a rest is asked for. */
  #interrupt = new AbortController();
  /** Aborted when somebody wants dockerd, while it rests. */
  #wake = new AbortController();

  constructor(options: EngineSupervisorOptions) {
    this.#options = options;
    this.#board = new StateBoard(options.onState);
    if (options.startResting === true) this.#rest = Promise.withResolvers();
  }

  get state(): DockerdState {
    return this.#board.state;
  }

  /**
   * Resolves once dockerd answers. Waits through a start and a first failure, which is mended at once; wakes one that
   * rests.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` when it fails repeatedly or is stopping for good;
   *   `WL_ENGINE_TIMEOUT` after the limit; the signal's reason.
   */
  whenRunning(signal: AbortSignal): Promise<void> {
    const running = this.#board.whenRunning(signal, () => this.#failures > 1);
    this.#wake.abort(); // not before: nothing is started without a client that waits
    return running;
  }

  /**
   * Stops dockerd and starts it again. Resolves when it has stopped.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if the agent is leaving.
   */
  restart(): Promise<void> {
    if (this.#board.isLeaving) {
      return Promise.reject(
        new WindlassError("WL_ENGINE_FAILED", "Cannot restart Docker: the agent is shutting down"),
      );
    }
    this.#restart ??= Promise.withResolvers();
    this.#interrupt.abort();
    this.#wake.abort();
    return this.#restart.promise;
  }

  /**
   * Stops dockerd until somebody waits for it. Resolves when it has stopped; one that is wanted meanwhile is then started
   * again at once.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if the agent is leaving or somebody is waiting; nothing is stopped then.
   */
  async rest(): Promise<void> {
    if (this.#board.isLeaving) throw cannotRest("the agent is shutting down");
    if (this.state.kind === "resting") return;
    if (this.#rest === undefined) {
      if (this.#board.clients > 0 || this.#restart !== undefined) throw cannotRest("it is being waited for");
      this.#rest = Promise.withResolvers();
      // From here on, a client waits for the next dockerd.
      if (this.state.kind === "running") this.#stopping("engine");
      this.#interrupt.abort();
    }
    await this.#rest.promise;
  }

  /** Keeps dockerd running until the signal is aborted, then stops it and ends what it leaves. Never rejects. */
  async run(leave: AbortSignal): Promise<void> {
    while (!leave.aborted) {
      this.#interrupt = new AbortController();
      if (this.#restart !== undefined) {
        this.#restart.resolve();
        this.#restart = undefined;
        this.#failures = 0;
        this.#rest?.resolve();
        this.#rest = undefined;
      }
      if (this.#rest !== undefined && !await this.#restUntilWanted(leave)) continue;
      const end = AbortSignal.any([leave, this.#interrupt.signal]);
      try {
        await this.#live(leave, end);
      } catch (error) {
        if (!end.aborted) await this.#fail(error, end);
      }
    }
    this.#board.leave();
    this.#restart?.resolve();
    this.#rest?.resolve();
    this.#stopping("leftovers");
    await this.#options.machine.endLeftovers().catch((error) => this.#warn("agent.leftovers.failed", error));
    this.#stopping("network");
  }

  /** Between two dockerds. Whether the next one is to be started now. */
  async #restUntilWanted(leave: AbortSignal): Promise<boolean> {
    const { machine } = this.#options;
    const rest = this.#rest;
    if (this.#answers === undefined) {
      // What a predecessor has left would otherwise stay for as long as this one rests. A client waits for the end of
      // this, too: a predecessor's containers have their time to stop.
      await machine.clear((stage, waits) => this.#preparing(stage, waits), leave).catch((error) => {
        if (!leave.aborted) this.#warn("agent.leftovers.failed", error);
      });
    }
    this.#failures = 0;
    if (this.#board.clients === 0 && this.#restart === undefined && !leave.aborted) {
      this.#board.set({ kind: "resting" });
    }
    this.#rest = undefined;
    rest?.resolve();
    while (!leave.aborted && this.#restart === undefined && this.#board.clients === 0) {
      this.#wake = new AbortController();
      await aborted(AbortSignal.any([leave, this.#wake.signal]));
    }
    return !leave.aborted && this.#restart === undefined;
  }

  /** One dockerd from its preparation to its end. Returns after `end`; throws when it ended for another reason. */
  async #live(leave: AbortSignal, end: AbortSignal): Promise<void> {
    const { machine, onLine } = this.#options;
    const prepared = await machine.prepare((stage, waits) => this.#preparing(stage, waits), end);
    end.throwIfAborted();
    const attempt = this.#failures + 1;
    this.#board.set({ kind: "starting", since: this.#now(), attempt });
    this.#answers = false;
    const dockerd = prepared.start(onLine);
    const over = new AbortController();
    const life = AbortSignal.any([end, over.signal]);
    let exited = false;
    const exit = dockerd.exited.then((how): never => {
      exited = true;
      if (!end.aborted && this.#answers !== true) prepared.failed(how);
      const code = isFullDisk(how) ? "WL_NO_SPACE" : "WL_ENGINE_FAILED";
      throw new WindlassError(code, `Cannot keep Docker running: dockerd ended with ${how}`);
    });
    exit.catch(() => {}); // also awaited when the race below is over
    try {
      await Promise.race([this.#watch(dockerd, prepared, life), exit, aborted(end)]);
    } finally {
      over.abort();
      // Containers get their time to stop only from a dockerd that is well.
      if (!exited && end.aborted) await this.#stop(dockerd);
      else if (!exited) await this.#kill(dockerd);
      if (!leave.aborted) await machine.endLeftovers();
    }
  }

  /** Waits until dockerd answers, then for what would make it useless. */
  async #watch(dockerd: DockerdProcess, prepared: PreparedEngine, life: AbortSignal): Promise<void> {
    const { machine } = this.#options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), AGENT_LIMITS.engineStartMilliseconds);
    try {
      await machine.ready(AbortSignal.any([life, limit.signal]));
    } catch (error) {
      if (life.aborted || !limit.signal.aborted) throw error;
      const seconds = AGENT_LIMITS.engineStartMilliseconds / 1000;
      throw new WindlassError(
        "WL_ENGINE_TIMEOUT",
        `Cannot start Docker: it did not answer within ${seconds} s`,
      );
    } finally {
      clearTimeout(timer);
    }
    this.#answers = true;
    prepared.answered();
    const problem = machine.optionsProblem();
    const running = {
      kind: "running",
      since: this.#now(),
      dockerVersion: dockerd.version,
      ...problem === undefined ? {} : { optionsProblem: problem },
    } as const;
    const loaded = machine.sampleImagesAreLoaded();
    this.#board.set({ ...running, sampleImages: loaded ? "loaded" : "loading" });
    const well = machine.sleep(AGENT_LIMITS.wellAfterMilliseconds, life).then(() => {
      if (!life.aborted) this.#failures = 0;
    });
    if (!loaded) {
      const result = await machine.loadSampleImages(life).then(() => "loaded" as const, (error) => {
        if (!life.aborted) this.#warn("agent.sample_images.failed", error);
        return "failed" as const;
      });
      if (!life.aborted) this.#board.set({ ...running, sampleImages: result });
    }
    const failure = await prepared.broken(life);
    if (failure !== undefined) throw failure;
    await well;
  }

  /** SIGTERM, the time that containers have to stop, SIGKILL. */
  async #stop(dockerd: DockerdProcess): Promise<void> {
    this.#stopping("engine");
    const { machine, log } = this.#options;
    const gone = new AbortController();
    const exited = dockerd.exited.then(() => gone.abort());
    const waits = this.#answers === true ? await machine.stopWaits() : [];
    if (waits.length > 0) this.#stopping("engine", waits);
    dockerd.kill("SIGTERM");
    const limit = stopMilliseconds(waits, AGENT_LIMITS.engineStopMilliseconds);
    await machine.sleep(limit, gone.signal);
    if (!gone.signal.aborted) {
      log("warn", "agent.engine.killed", { afterMilliseconds: limit });
      await this.#kill(dockerd);
    }
    await exited;
  }

  async #kill(dockerd: DockerdProcess): Promise<void> {
    dockerd.kill("SIGKILL");
    await dockerd.exited;
  }

  async #fail(error: unknown, end: AbortSignal): Promise<void> {
    if (this.#options.machine.optionsSuspected()) {
      // The next one is without the user's options: whether Docker fails is not known before.
      return this.#options.log("warn", "agent.engine.options_suspected", {
        reason: failureOf(error).message,
      });
    }
    this.#failures++;
    const wait = backOffMilliseconds(RESTART_BACK_OFF, this.#failures);
    const retryAt = new Date(this.#options.machine.now().getTime() + wait).toISOString();
    const { code, message } = failureOf(error);
    this.#options.log("error", "agent.engine.failed", { code, message, failures: this.#failures, wait });
    this.#board.set({ kind: "failed", code, message, retryAt });
    await this.#options.machine.sleep(wait, end);
  }

  #preparing(stage: PreparationStage, waits?: readonly StopWait[]): void {
    this.#board.set({ kind: "preparing", stage, ...waits === undefined ? {} : { waits } });
  }

  #stopping(stage: StoppingStage, waits?: readonly StopWait[]): void {
    const since = this.#now();
    this.#board.set({ kind: "stopping", stage, since, ...waits === undefined ? {} : { waits } });
  }

  #warn(event: string, error: unknown): void {
    this.#options.log("warn", event, { reason: errorText(error) });
  }

  #now(): string {
    return this.#options.machine.now().toISOString();
  }
}

function cannotRest(state: string): WindlassError {
  return new WindlassError("WL_ENGINE_FAILED", `Cannot let Docker rest: ${state}`);
}
