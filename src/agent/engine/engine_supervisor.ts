import { errorText } from "../../errors/error_text.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLine } from "../../logging/log.ts";
import { AGENT_LIMITS, RESTART_BACK_OFF } from "../agent_limits.ts";
import { backOffMilliseconds } from "../../timing/back_off.ts";
import type { DockerdProcess } from "./dockerd_process.ts";
import type { EngineMachine, PreparedEngine } from "./engine_machine.ts";
import {
  type DockerdState,
  type EngineFailureCode,
  isEngineFailureCode,
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
  /** Whether the dockerd that was started last has ever answered. */
  #answers = false;
  #restart: PromiseWithResolvers<void> | undefined;
  /** Aborted when a restart is asked for. */
  #interrupt = new AbortController();

  constructor(options: EngineSupervisorOptions) {
    this.#options = options;
    this.#board = new StateBoard(options.onState);
  }

  get state(): DockerdState {
    return this.#board.state;
  }

  /**
   * Resolves once dockerd answers. Waits through a start and a first failure, which is mended at once.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` when it fails repeatedly or is stopping for good;
   *   `WL_ENGINE_TIMEOUT` after the limit; the signal's reason.
   */
  whenRunning(signal: AbortSignal): Promise<void> {
    return this.#board.whenRunning(signal, () => this.#failures > 1);
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
    return this.#restart.promise;
  }

  /** Keeps dockerd running until the signal is aborted, then stops it and ends what it leaves. Never rejects. */
  async run(leave: AbortSignal): Promise<void> {
    while (!leave.aborted) {
      this.#interrupt = new AbortController();
      if (this.#restart !== undefined) {
        this.#restart.resolve();
        this.#restart = undefined;
        this.#failures = 0;
      }
      const end = AbortSignal.any([leave, this.#interrupt.signal]);
      try {
        await this.#live(leave, end);
      } catch (error) {
        if (!end.aborted) await this.#fail(error, end);
      }
    }
    this.#board.leave();
    this.#restart?.resolve();
    this.#stopping("leftovers");
    await this.#options.machine.endLeftovers().catch((error) => this.#warn("agent.leftovers.failed", error));
    this.#stopping("network");
  }

  /** One dockerd from its preparation to its end. Returns after `end`; throws when it ended for another reason. */
  async #live(leave: AbortSignal, end: AbortSignal): Promise<void> {
    const { machine, onLine } = this.#options;
    const prepared = await machine.prepare(
      (stage, waits) =>
        this.#board.set({ kind: "preparing", stage, ...waits === undefined ? {} : { waits } }),
      end,
    );
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
      if (!end.aborted && !this.#answers) prepared.failed(how);
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
    const waits = this.#answers ? await machine.stopWaits() : [];
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

/** Whether the words of a program or of the system mean ENOSPC; Go and Rust differ in their case. */
function isFullDisk(words: string): boolean {
  return words.toLowerCase().includes("no space left on device");
}

/** A failure as it is reported to the host; one that is not a `WindlassError` happened while preparing. Pure. */
export function failureOf(error: unknown): { code: EngineFailureCode; message: string } {
  if (isWindlassError(error)) {
    const { code, message } = error;
    if (isEngineFailureCode(code)) return { code, message };
  }
  const state = errorText(error);
  const code = isFullDisk(state) ? "WL_NO_SPACE" : "WL_ENGINE_PREPARATION_FAILED";
  return { code, message: `Cannot prepare the engine: ${state}` };
}
