import type { DockerdProcess } from "../../src/agent/engine/dockerd_process.ts";
import type { WindlassError } from "../../src/errors/windlass_error.ts";
import type { EngineMachine } from "../../src/agent/engine/engine_machine.ts";
import type { StopWait } from "../../src/agent/protocol/dockerd_state.ts";
import { aborted } from "../../src/timing/sleep.ts";

/** A dockerd that does what a test tells it. */
export class FakeDockerd implements DockerdProcess {
  readonly version = "28.5.2";
  readonly signals: string[] = [];
  readonly #exit = Promise.withResolvers<string>();
  readonly exited = this.#exit.promise;
  /** Whether it ends on SIGTERM. */
  obeys = true;

  /** Makes it end. */
  end(how: string): void {
    this.#exit.resolve(how);
  }

  kill(signal: Deno.Signal): void {
    this.signals.push(signal);
    if (signal === "SIGKILL" || this.obeys) this.end(`signal ${signal}`);
  }
}

/** A machine in memory. Time stands still: what a sleep would have taken is written down. */
export class FakeEngineMachine implements EngineMachine {
  /** All that was started, in order. */
  readonly started: FakeDockerd[] = [];
  /** What happened, in order. */
  readonly events: string[] = [];
  /** What became of the starts, in order. */
  readonly outcomes: string[] = [];
  /** Sleeps of at least this many milliseconds last until they are aborted; shorter ones end at once. */
  longSleepMilliseconds = 60_000;
  prepareFailures: Error[] = [];
  waits: StopWait[] = [];
  samplesLoaded = true;
  sampleFailure: Error | undefined;
  problem: string | undefined;
  suspected = false;
  /** Called with each dockerd as it is started. */
  onStart: (dockerd: FakeDockerd) => void = () => {};
  /** What makes a dockerd answer; at once unless a test replaces it. */
  answer: Promise<void> = Promise.resolve();
  #broken = Promise.withResolvers<WindlassError>();

  clear(onStage: Parameters<EngineMachine["clear"]>[0]): Promise<void> {
    onStage("leftovers");
    this.events.push("clear");
    return Promise.resolve();
  }

  async prepare(
    onStage: Parameters<EngineMachine["prepare"]>[0],
    _signal: AbortSignal,
  ): ReturnType<EngineMachine["prepare"]> {
    onStage("data");
    const failure = this.prepareFailures.shift();
    if (failure !== undefined) throw failure;
    this.#broken = Promise.withResolvers<WindlassError>();
    await Promise.resolve();
    return {
      start: () => {
        const dockerd = new FakeDockerd();
        this.started.push(dockerd);
        this.events.push("start");
        this.onStart(dockerd);
        return dockerd;
      },
      answered: () => this.outcomes.push("answered"),
      failed: (how) => this.outcomes.push(`failed: ${how}`),
      broken: (signal) => Promise.race([this.#broken.promise, aborted(signal).then(() => undefined)]),
    };
  }

  /** Takes something away from the dockerd that runs, without which it is of no use. */
  break(failure: WindlassError): void {
    this.#broken.resolve(failure);
  }

  async ready(signal: AbortSignal): Promise<void> {
    await Promise.race([this.answer, aborted(signal)]);
    signal.throwIfAborted();
  }

  stopWaits(): Promise<StopWait[]> {
    return Promise.resolve(this.waits);
  }

  endLeftovers(): Promise<void> {
    this.events.push("leftovers");
    return Promise.resolve();
  }

  sampleImagesAreLoaded(): boolean {
    return this.samplesLoaded;
  }

  loadSampleImages(): Promise<void> {
    this.events.push("samples");
    return this.sampleFailure === undefined ? Promise.resolve() : Promise.reject(this.sampleFailure);
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds >= this.longSleepMilliseconds) return await aborted(signal);
    this.events.push(`sleep ${milliseconds}`);
    // A few turns, so that what happens at the same time happens first.
    for (let turn = 0; turn < 20 && !signal.aborted; turn++) await Promise.resolve();
  }

  optionsProblem(): string | undefined {
    return this.problem;
  }

  optionsSuspected(): boolean {
    return this.suspected;
  }

  now(): Date {
    return new Date("2026-01-02T03:04:05.678Z");
  }
}
