import { errorText } from "../errors/error_text.ts";
import type { Log } from "../logging/log.ts";

/** The work is checked this often while there is any; a load has ended once a period had next to none. */
const PERIOD_MILLISECONDS = 10_000;
/**
 * Up to this many pieces of work in a period are not a load: a followed log, `docker stats`, an open status page. They do
 * not notice a pause of 15 ms.
 */
const TRICKLE = 200;
/** A load that never ends would keep what a larger one has left. So many periods are ten minutes. */
const LONGEST_LOAD_PERIODS = 60;
/** Giving back takes some 50 ms of CPU, so a load that comes and goes does not cause it each time. */
const PAUSE_MILLISECONDS = 30_000;
/** Below this factor of the level at rest, there is nothing worth giving back. */
const GROWTH = 1.1;
const MEGABYTE = 1_000_000;

/**
 * What a process that works all the time, if only a little, maps again within a period: the code that it uses. Measured:
 * 14 MB in the host, 15 in the agent.
 */
export const ALWAYS_IN_USE_BYTES = 16 * MEGABYTE;

/** Memory, clock and timers of this process; replaced in tests. */
export interface MemoryClock {
  /** Resident memory of this process, in bytes. */
  resident(): number;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Calls back after the time. Keeps the process alive, which is for programs that end themselves. */
  after(milliseconds: number, call: () => void): void;
}

const SYSTEM: MemoryClock = {
  resident: () => Deno.memoryUsage().rss,
  now: () => performance.now(),
  after: (milliseconds, call) => void setTimeout(call, milliseconds),
};

/** Options of {@linkcode MemoryWatch}. */
export interface MemoryWatchOptions {
  /** Gives back what the process does not use. */
  readonly giveBack: () => void | Promise<void>;
  /** What may come back at once and belongs to the level at rest; 0 in a process that has work once in a while. */
  readonly inUseBytes: number;
  readonly log: Log;
}

/**
 * Gives memory back to the system once a load has ended. Without work there is no timer: an idle process is not woken.
 */
export class MemoryWatch {
  #work = 0;
  #isWaiting = false;
  /** Periods of the load that lasts. */
  #busyPeriods = 0;
  /** Whether there was a load since the last time. */
  #hadLoad = false;
  /** Resident bytes right after the last time. */
  #least = 0;
  /** Resident bytes at rest. */
  #level = 0;
  /** Whether the level is that of the moment after the last time. */
  #isSettling = false;
  #lastTime = -Infinity;

  constructor(private readonly options: MemoryWatchOptions, private readonly system = SYSTEM) {}

  /** Notes a piece of work: a connection, a request, a chunk of the link. Costs an addition and a comparison. */
  readonly worked = (): void => {
    this.#work++;
    if (!this.#isWaiting) this.#wait(PERIOD_MILLISECONDS);
  };

  #wait(milliseconds: number): void {
    this.#isWaiting = true;
    this.system.after(milliseconds, () => void this.#check());
  }

  async #check(): Promise<void> {
    const work = this.#work;
    this.#work = 0;
    this.#hadLoad ||= work > TRICKLE;
    if (work > TRICKLE && ++this.#busyPeriods < LONGEST_LOAD_PERIODS) {
      this.#isSettling = false;
      return this.#wait(PERIOD_MILLISECONDS);
    }
    this.#busyPeriods = 0;
    const { now, resident } = this.system;
    const bytes = resident();
    if (this.#isSettling) this.#level = Math.min(bytes, this.#least + this.options.inUseBytes);
    // Without work, only the collector can have used memory: it would again.
    const isIdle = this.#isSettling && work === 0;
    this.#isSettling = false;
    if (!isIdle && (this.#hadLoad || bytes > this.#level * GROWTH)) {
      const pause = this.#lastTime + PAUSE_MILLISECONDS - now();
      if (pause > 0) return this.#wait(pause);
      await this.#giveBack();
      this.#lastTime = now();
      this.#least = this.#level = resident();
      this.#hadLoad = false;
      this.#isSettling = true;
      return this.#wait(PERIOD_MILLISECONDS);
    }
    this.#isWaiting = false;
    if (this.#work > 0) this.#wait(PERIOD_MILLISECONDS);
  }

  async #giveBack(): Promise<void> {
    const { giveBack, log } = this.options;
    const { now, resident } = this.system;
    const before = resident();
    const begun = now();
    try {
      await giveBack();
      log("debug", "memory.given.back", {
        beforeMegabytes: Math.round(before / MEGABYTE),
        afterMegabytes: Math.round(resident() / MEGABYTE),
        milliseconds: Math.round(now() - begun),
      });
    } catch (error) {
      log("warn", "memory.give.back.failed", { reason: errorText(error) });
    }
  }
}
