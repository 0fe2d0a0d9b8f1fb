import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { sleep } from "../../timing/sleep.ts";
import { firstCheckDelay, nextCheckDelay, retryCheckDelay } from "../decision/check_schedule.ts";
import { UPDATE_LIMITS } from "../limits.ts";
import type { Updater } from "../updater.ts";

/** Dependencies of the schedule. */
export interface UpdateScheduleOptions {
  readonly updater: Pick<
    Updater,
    | "check"
    | "download"
    | "install"
    | "offer"
    | "waiting"
    | "tryIdleMoment"
    | "settled"
    | "status"
    | "nextCheck"
  >;
  /** Whether the channel is asked automatically; read before each check. */
  readonly isOn: () => boolean;
  /** When the channel has answered last, ISO 8601. */
  readonly lastCheck: string | null;
  readonly log: Log;
  /** Called when the time of the next check has changed. */
  readonly onChange: () => void;
  /** From 0 to below 1. @default {Math.random} */
  readonly random?: () => number;
  /** Waits; replaced in tests. */
  readonly wait?: typeof sleep;
  /** Milliseconds since 1970; replaced in tests. */
  readonly now?: () => number;
}

/** Asks the channel from time to time, does what needs no asking, and looks for the idle moment of what waits. */
export class UpdateSchedule implements AsyncDisposable {
  readonly #options: UpdateScheduleOptions;
  readonly #end = new AbortController();
  readonly #finished: Promise<unknown>;
  #somethingWaits = Promise.withResolvers<void>();

  constructor(options: UpdateScheduleOptions) {
    this.#options = options;
    this.#finished = Promise.all([this.#ask(), this.#watch()]);
  }

  /** The updater has changed: something may wait now. */
  look(): void {
    if (this.#options.updater.waiting === undefined) return;
    this.#somethingWaits.resolve();
    this.#somethingWaits = Promise.withResolvers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    this.#somethingWaits.resolve();
    await this.#finished;
  }

  async #ask(): Promise<void> {
    const { updater, isOn, lastCheck, onChange, random = Math.random, wait = sleep, now = Date.now } =
      this.#options;
    const since = lastCheck === null ? undefined : now() - Date.parse(lastCheck);
    let delay = firstCheckDelay(random(), since);
    for (let failures = 0;;) {
      updater.nextCheck = isOn() ? new Date(now() + delay) : undefined;
      onChange();
      await wait(delay, this.#end.signal);
      if (this.#end.signal.aborted) return;
      if (isOn()) failures = await this.#askOnce() ? 0 : failures + 1;
      delay = failures === 0 ? nextCheckDelay(random()) : retryCheckDelay(failures, random());
    }
  }

  /** Whether the channel could be asked; the updater reports why not. */
  async #askOnce(): Promise<boolean> {
    const { updater, log } = this.#options;
    const signal = this.#end.signal;
    try {
      await updater.check(signal, { manual: false });
      const decision = updater.offer?.decision;
      if (decision?.unasked === "install") await updater.install({ when: "idle" }, signal, "auto");
      if (decision?.unasked === "download") await updater.download(signal, "auto");
      await updater.settled();
      return updater.status().problem === undefined;
    } catch (error) {
      if (!isWindlassError(error) && !signal.aborted) {
        log("error", "update.schedule.failed", { reason: String(error) });
      }
      return isWindlassError(error, "WL_UPDATE_BUSY");
    }
  }

  async #watch(): Promise<void> {
    const { updater, wait = sleep } = this.#options;
    while (!this.#end.signal.aborted) {
      if (updater.waiting === undefined) await this.#somethingWaits.promise;
      else await wait(UPDATE_LIMITS.idlePollMilliseconds, this.#end.signal);
      if (!this.#end.signal.aborted) await updater.tryIdleMoment(this.#end.signal);
    }
  }
}
