import type { WorkspaceSummary } from "../../api/resources/workspaces.ts";
import { problemOf, type ReportedProblem } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";
import { sleep } from "../../timing/sleep.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { type DistroNow, distrosNow } from "./distros_now.ts";
import { type WantedWorkspaces, wantedWorkspaces } from "./wanted_workspaces.ts";
import type { WorkspaceBook } from "./workspace_book.ts";

/** A workspace that was started, or has ended, is noticed this late at worst. Each check is a call of wsl. */
const CHECK_MILLISECONDS = 5_000;
/** Between a change and its check, so that changes that come together are one. */
const SETTLE_MILLISECONDS = 200;

/** Why a distro that runs is reconciled: a workspace was started, or a distro is not a workspace any more. */
export type Occasion = "started" | "left";

/** What the watch sees, and what it does about it. */
export interface WorkspaceWatchOptions {
  readonly wsl: Pick<Wsl, "list" | "running">;
  readonly book: WorkspaceBook;
  readonly setting: () => readonly string[];
  /** Whether the engine is there for workspaces only, so that it is to end with them. */
  readonly engineRests: () => boolean;
  /** Reconciles a workspace that runs and did not at the last check. Resolves to whether that is done, or to be tried again. */
  readonly started: (distro: DistroNow, signal: AbortSignal) => Promise<boolean>;
  /** Reconciles a distro that runs and is not a workspace any more. Resolves as `started`. */
  readonly left: (distro: DistroNow, signal: AbortSignal) => Promise<boolean>;
  /** Workspaces run that did not at the last check. */
  readonly begun: () => Promise<void>;
  /** No workspace runs, and nothing needs the engine to rest any longer. */
  readonly ended: () => void;
  /** The workspaces that the setting names, or what they do, have changed. */
  readonly onChange: () => void;
  readonly log: Log;
}

/**
 * Notices that workspaces start, end, come and go. It starts none: it lists distros, as long as there are workspaces,
 * and has each reconciled once after it was started.
 */
export class WorkspaceWatch implements AsyncDisposable {
  readonly #options: WorkspaceWatchOptions;
  readonly #end = new AbortController();
  #wake = new AbortController();
  #finished: Promise<void> | undefined;
  /** Names of the workspaces that ran at the last check. */
  #running: ReadonlySet<string> = new Set();
  /** On which occasion distros were reconciled last since they were started. */
  readonly #reconciled = new Map<string, Occasion>();
  readonly #reconciling = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, ReportedProblem>();
  #summaries: readonly WorkspaceSummary[] = [];

  constructor(options: WorkspaceWatchOptions) {
    this.#options = options;
  }

  /** Whether a workspace ran at the last check, or is being worked on. */
  get isAnyRunning(): boolean {
    return this.#running.size > 0 || this.#options.book.working > 0;
  }

  /** What went wrong with a workspace since it was started. */
  failureOf(name: string): ReportedProblem | undefined {
    return this.#failures.get(name);
  }

  /** Begins to check, from now on until it is disposed. */
  begin(): void {
    this.#finished ??= this.#run();
  }

  /** Checks soon: the setting, the engine or a distro has changed. */
  checkSoon(): void {
    this.#wake.abort();
  }

  /** The workspaces that the setting names, as of the last check. */
  get summaries(): readonly WorkspaceSummary[] {
    return this.#summaries;
  }

  /**
   * The engine is another one: distros may have been shut down with the last, and what failed may work now. Each is
   * reconciled again.
   */
  engineBegins(): void {
    for (const name of this.#reconciled.keys()) {
      if (!this.#reconciling.has(name)) this.#reconciled.delete(name);
    }
    this.checkSoon();
  }

  /** Notes that a command has reconciled a distro. */
  settled(name: string, occasion: Occasion): void {
    this.#reconciled.set(name, occasion);
    this.#failures.delete(name);
  }

  /** Resolves when no distro is being reconciled. */
  async idle(): Promise<void> {
    while (this.#reconciling.size > 0) await Promise.all(this.#reconciling.values());
  }

  /** Checks once. */
  async check(): Promise<void> {
    const { book, setting, engineRests, begun, ended, onChange } = this.#options;
    const names = setting();
    const record = await book.record;
    const known = Object.keys(record.entries);
    if (names.length === 0 && known.length === 0 && !engineRests()) {
      this.#running = new Set();
      return this.#summarize({ distros: [], missing: [] }, onChange);
    }
    const distros = await distrosNow(this.#options.wsl, this.#end.signal);
    book.defaultDistro = distros.find(({ isDefault }) => isDefault)?.name;
    const wanted = wantedWorkspaces(names, distros);
    const running = wanted.distros.filter(({ state }) => state === "running");
    const before = this.#running;
    this.#running = new Set(running.map(({ name }) => name));
    const runs = new Set(distros.filter(({ state }) => state === "running").map(({ name }) => name));
    for (const name of this.#reconciled.keys()) if (!runs.has(name)) this.#reconciled.delete(name);
    if (running.some(({ name }) => !before.has(name))) await begun();
    for (const distro of running) this.#reconcile(distro, "started");
    for (const distro of distros) {
      const isLeft = runs.has(distro.name) && known.includes(distro.name) && !wanted.distros.includes(distro);
      if (isLeft) this.#reconcile(distro, "left");
    }
    if (!this.isAnyRunning) ended();
    this.#summarize(wanted, onChange);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new DOMException("the host ends", "AbortError"));
    this.#wake.abort();
    await this.#finished;
    await this.idle();
  }

  #summarize({ distros, missing }: WantedWorkspaces, onChange: () => void): void {
    const before = JSON.stringify(this.#summaries);
    this.#summaries = [
      ...distros.map(({ name, state }) => ({
        name,
        state: state === "running" ? state : "stopped" as const,
      })),
      ...missing.map((name) => ({ name, state: "missing" as const })),
    ];
    if (JSON.stringify(this.#summaries) !== before) onChange();
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    while (!this.#end.signal.aborted) {
      this.#wake = new AbortController();
      try {
        await this.check();
      } catch (error) {
        if (!this.#end.signal.aborted) {
          log("debug", "workspaces.check.failed", { reason: problemOf(error).message });
        }
      }
      await sleep(await this.#pause(), AbortSignal.any([this.#wake.signal, this.#end.signal]));
      if (this.#wake.signal.aborted) await sleep(SETTLE_MILLISECONDS, this.#end.signal);
    }
  }

  /** Without workspaces there is nothing to check before a change. */
  async #pause(): Promise<number> {
    const { book, setting, engineRests } = this.#options;
    const { entries } = await book.record;
    const isIdle = setting().length === 0 && Object.keys(entries).length === 0 && !engineRests();
    return isIdle ? Infinity : CHECK_MILLISECONDS;
  }

  /** Does what a distro that was started needs, once, without delaying the checks. */
  #reconcile(distro: DistroNow, occasion: Occasion): void {
    const { name } = distro;
    if (this.#reconciled.get(name) === occasion || this.#reconciling.has(name)) return;
    this.#reconciled.set(name, occasion);
    const reconciling = this.#carryOut(distro, occasion).finally(() => this.#reconciling.delete(name));
    this.#reconciling.set(name, reconciling);
  }

  async #carryOut(distro: DistroNow, occasion: Occasion): Promise<void> {
    const { name } = distro;
    const { book, log, onChange } = this.#options;
    try {
      const isDone = await book.inTurn(name, () => this.#options[occasion](distro, this.#end.signal));
      if (!isDone) this.#reconciled.delete(name);
      this.#failures.delete(name);
    } catch (error) {
      if (this.#end.signal.aborted) return;
      const problem = problemOf(error);
      log("warn", "workspaces.failed", { name, code: problem.code, reason: problem.message });
      this.#failures.set(name, problem);
    }
    onChange();
  }
}
