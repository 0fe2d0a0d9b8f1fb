import type { ErrorCode } from "../../errors/error_codes.ts";
import type { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { sleep } from "../../timing/sleep.ts";
import type { Wsl, WslProcess } from "../../wsl/wsl.ts";
import { RetryPace } from "./retry_pace.ts";
import { SHARE_DATA_PROGRAM } from "../../agent/protocol/distro_paths.ts";

/** With these another try of the same distro ends the same; the user must know, or the registered distro must be checked. */
export const DISTRO_LOST: ReadonlySet<ErrorCode> = new Set([
  "WL_DISTRO_NOT_FOUND",
  "WL_DISTRO_DISK_MISSING",
  "WL_DISTRO_DISK_DAMAGED",
]);

/** Dependencies of the keeper. */
export interface DataKeeperOptions {
  readonly wsl: Pick<Wsl, "spawn">;
  /** Name of the data distro. */
  readonly distro: string;
  readonly log: Log;
}

/**
 * Keeps the data distro running: WSL ends a distro soon after its last `wsl` process, whatever mounts of it
 * others use. A keeper that dies is replaced, with back-off; the engine continues meanwhile, since its mount of
 * the data lives in its own distro.
 *
 * Disposing it ends the program by its end of input and waits for that.
 */
export class DataKeeper implements AsyncDisposable {
  /** Resolves if the distro cannot be kept at all, since it is not registered or has no disk. */
  readonly lost: Promise<WindlassError>;

  readonly #options: DataKeeperOptions;
  readonly #end = new AbortController();
  readonly #finished: Promise<void>;
  #process: WslProcess | undefined;

  constructor(options: DataKeeperOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<WindlassError>();
    this.lost = promise;
    this.#finished = this.#keep(resolve);
  }

  async #keep(fail: (error: WindlassError) => void): Promise<void> {
    const { wsl, distro, log } = this.#options;
    const pace = new RetryPace();
    while (!this.#end.signal.aborted) {
      const started = performance.now();
      await using process = wsl.spawn({
        distro,
        argv: [SHARE_DATA_PROGRAM],
        onStderrLine: (line) => log("warn", "data.stderr", { line }),
      });
      this.#process = process;
      const [exit] = await Promise.all([process.exited, drain(process)]);
      this.#process = undefined;
      if (this.#end.signal.aborted) return;
      if (exit.failure && DISTRO_LOST.has(exit.failure.code)) return fail(exit.failure);
      const wait = pace.failed(performance.now() - started);
      log("warn", "data.keeper.ended", {
        exitCode: exit.exitCode,
        reason: exit.failure?.message,
        retryIn: wait,
      });
      await sleep(wait, this.#end.signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#process?.link.closeWrite().catch(() => {}); // it may be gone already, which is what we want
    await this.#finished;
  }
}

/** Its output ("ready") is of no use here: the agent looks for the mount itself. But unread it would block. */
async function drain(process: WslProcess): Promise<void> {
  try {
    while (await process.link.read() !== null);
  } catch {
    // The process was killed; its exit tells the rest.
  }
}
