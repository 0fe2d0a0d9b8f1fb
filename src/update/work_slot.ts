import type { Problem } from "../api/resources/problems.ts";
import type { UpdateStepName } from "../api/resources/updates.ts";
import { problemOf } from "../errors/problem_of.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Log } from "../logging/log.ts";
import type { StepProgress } from "./ports.ts";

/** What is being done. */
export interface Step {
  readonly name: UpdateStepName;
  readonly progress?: StepProgress | undefined;
}

export interface WorkSlotOptions {
  /** The step while nothing is done. */
  readonly resting: () => UpdateStepName;
  readonly log: Log;
  readonly onChange: () => void;
}

/** One piece of work at a time: what it is, how far it is, and what the last one has failed with. */
export class WorkSlot implements AsyncDisposable {
  readonly #options: WorkSlotOptions;
  readonly #end = new AbortController();
  #work: Promise<void> | undefined;
  #step: Step | undefined;
  #problem: Problem | undefined;

  constructor(options: WorkSlotOptions) {
    this.#options = options;
  }

  get step(): Step {
    return this.#step ?? { name: this.#options.resting() };
  }

  /** Why the last work has failed; gone with the next. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /** Reports what the work does. */
  readonly report = (name: UpdateStepName, progress?: StepProgress): void => {
    this.#step = { name, progress };
    this.#options.onChange();
  };

  /** @throws {WindlassError} `WL_UPDATE_BUSY` */
  requireFree(): void {
    if (!this.isBusy) return;
    throw new WindlassError(
      "WL_UPDATE_BUSY",
      `Cannot start an update: another one is under way (${this.step.name})`,
    );
  }

  /**
   * Does something and waits for it.
   *
   * @throws {WindlassError} `WL_UPDATE_BUSY`; what the work fails with.
   */
  async run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.requireFree();
    let failure: { readonly error: unknown } | undefined;
    this.#work = this.#do(work, AbortSignal.any([signal, this.#end.signal])).catch((error) => {
      failure = { error };
    });
    await this.#work;
    if (failure !== undefined) throw failure.error;
  }

  /**
   * Begins something. {@linkcode problem} says why it failed.
   *
   * @param name What it does first; told at once.
   * @throws {WindlassError} `WL_UPDATE_BUSY`
   */
  begin(name: UpdateStepName, work: (signal: AbortSignal) => Promise<void>): void {
    this.requireFree();
    this.#work = this.#do(work, this.#end.signal).catch(() => {}); // reported already
    this.report(name);
  }

  /** Resolves when nothing is done any more. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new WindlassError("WL_HOST_NOT_RUNNING", "Cannot continue: Windlass is being stopped"));
    await this.#work;
  }

  async #do(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { log, onChange } = this.#options;
    this.#problem = undefined;
    await Promise.resolve(); // from here on the slot is taken
    try {
      signal.throwIfAborted();
      await work(signal);
    } catch (error) {
      if (!signal.aborted) {
        this.#problem = problemOf(error);
        log("warn", "update.failed", { step: this.step.name, reason: this.#problem.message });
      }
      throw error;
    } finally {
      this.#work = undefined;
      this.#step = undefined;
      onChange();
    }
  }
}
