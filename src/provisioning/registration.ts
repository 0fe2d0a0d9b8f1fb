import { isWindlassError, WindlassError } from "../errors/windlass_error.ts";
import { removeTree } from "../files/remove_tree.ts";
import { NEVER, sleep } from "../timing/sleep.ts";
import { isSameFolder } from "../wsl/windows/registered_distros.ts";
import type { DistroState, ListedDistro } from "../wsl/wsl.ts";
import {
  callOptions,
  type DistroContext,
  distroFolder,
  makeParent,
  type RootfsImage,
} from "./distro_context.ts";
import { DISTRO_STAGES, type DistroStage, reportBytes } from "./distro_progress.ts";
import { PROGRAMS_FOLDER } from "../agent/protocol/distro_paths.ts";

/** Interval between checks of a distro that another process imports or removes. Milliseconds. */
const SETTLE_INTERVAL = 250;
/** An import that we left behind when we were killed fails within seconds of its input's end. Milliseconds. */
const SETTLE_LIMIT = 120_000;

/** Both root file systems have this folder. */
const IS_OURS_SCRIPT = `[ -d ${PROGRAMS_FOLDER} ] && echo ours`;

/** One distro as wsl has it registered; asks wsl once, and again only after a change. */
export class Registration {
  readonly #context: DistroContext;
  readonly name: string;
  #known: Promise<DistroState | null> | undefined;
  #waited = 0;

  constructor(context: DistroContext, name: string) {
    this.#context = context;
    this.name = name;
  }

  get folder(): string {
    return distroFolder(this.#context, this.name);
  }

  /**
   * What the distro is doing, or `null` when none of that name is registered.
   *
   * @throws {WindlassError} `WL_DISTRO_FOREIGN` if it is not ours.
   */
  state(): Promise<DistroState | null> {
    return this.#known ??= this.#look();
  }

  async #look(): Promise<DistroState | null> {
    const distros = await this.#context.wsl.list(callOptions(this.#context));
    // WSL ignores the case of names.
    const found = distros.find(({ name }) => name.toLowerCase() === this.name.toLowerCase());
    if (found === undefined) return null;
    if (found.state !== "busy") await this.#requireOurs(found);
    return found.state;
  }

  /**
   * In another folder than the one we import into, it is ours only if it has our files: then it was moved. Where
   * the folder is unknown, a distro that the record does not mention was imported by somebody else.
   */
  async #requireOurs({ directory }: ListedDistro): Promise<void> {
    const isKnown = directory === null ? this.#isRecorded() : isSameFolder(directory, this.folder);
    if (isKnown || await this.ask(IS_OURS_SCRIPT) === "ours") return;
    const place = directory === null ? "" : ` in '${directory}'`;
    throw new WindlassError(
      "WL_DISTRO_FOREIGN",
      `Cannot use the distro '${this.name}': the distro of that name${place} does not belong to Windlass`,
    );
  }

  #isRecorded(): boolean {
    const { record, names } = this.#context;
    return this.name === names.data ? record.data !== null : record.engines[this.name] !== undefined;
  }

  /** Drops what is known, so that the next question goes to wsl. */
  forget(): void {
    this.#known = undefined;
  }

  /** Reports the stage that is about to begin. */
  announce(stage: DistroStage): void {
    const { log, progress } = this.#context;
    log("info", `distro.${stage}`, { distro: this.name });
    progress({ distro: this.name, stage, title: DISTRO_STAGES[stage] });
  }

  /** Waits for the end of an import or a removal that somebody else does. @throws `WL_DISTRO_BUSY` */
  async settle(): Promise<void> {
    const wait = this.#context.delay ?? pause;
    for (; this.#waited < SETTLE_LIMIT; this.#waited += SETTLE_INTERVAL) {
      this.forget();
      if (await this.state() !== "busy") return;
      await wait(SETTLE_INTERVAL, this.#context.signal);
    }
    const state = `it has been in the process of import or removal for ${SETTLE_LIMIT / 1000} s`;
    throw new WindlassError("WL_DISTRO_BUSY", `Cannot use the distro '${this.name}': ${state}`);
  }

  /** Removes the distro and its files; fine when there is none. Kills what runs in it. */
  async unregister(): Promise<void> {
    try {
      await this.#context.wsl.unregister(this.name, callOptions(this.#context));
    } catch (error) {
      if (!isWindlassError(error, "WL_DISTRO_NOT_FOUND")) throw error;
    } finally {
      this.forget();
    }
  }

  /** Removes the folder of a distro that is no longer registered, or never was. */
  async removeFolder(): Promise<void> {
    await removeTree(this.folder);
  }

  /** Imports the image, straight from its stream. */
  async import(image: RootfsImage): Promise<void> {
    const { wsl, progress } = this.#context;
    await makeParent(this.folder);
    const { stream, totalBytes } = await image.open();
    const report = (sentBytes: number) =>
      progress({ distro: this.name, stage: "import", title: DISTRO_STAGES.import, sentBytes, totalBytes });
    try {
      const source = stream.pipeThrough(reportBytes(totalBytes, report));
      await wsl.import({ name: this.name, directory: this.folder, source, ...callOptions(this.#context) });
    } finally {
      this.forget();
    }
  }

  /** Runs a shell script in the distro and returns what it prints, without surrounding space. */
  async ask(script: string): Promise<string> {
    const argv = ["/bin/sh", "-c", script] as const;
    const { stdout } = await this.#context.wsl.run({
      distro: this.name,
      argv,
      ...callOptions(this.#context),
    });
    return stdout.trim();
  }
}

/**
 * Repeats a work that stumbled over another process with the same distro: one that we left behind when we were
 * killed. Each round first waits for that process's end.
 */
export async function retryWhenDisturbed(
  registration: Registration,
  work: () => Promise<void>,
): Promise<void> {
  for (let round = 1;; round++) {
    try {
      return await work();
    } catch (error) {
      const isDisturbed = isWindlassError(error, "WL_DISTRO_EXISTS") ||
        isWindlassError(error, "WL_DISTRO_BUSY");
      if (!isDisturbed || round === ROUNDS) throw error;
      registration.forget();
    }
  }
}

/** One process can be left behind; a third round means that somebody else works on the distro on purpose. */
const ROUNDS = 3;

async function pause(milliseconds: number, signal: AbortSignal = NEVER): Promise<void> {
  await sleep(milliseconds, signal);
  signal.throwIfAborted();
}
