import { isWorkspace, type Workspace as ServedWorkspace } from "../../agent/protocol/workspace_messages.ts";
import type { Log } from "../../logging/log.ts";
import { WorkspaceRecord } from "../../workspaces/workspace_record.ts";
import { isNamed } from "./wanted_workspaces.ts";

/** What the book is kept with. */
export interface WorkspaceBookOptions {
  /** Path of the record. */
  readonly file: string;
  /** The setting `workspaces`. */
  readonly setting: () => readonly string[];
  readonly log: Log;
}

/** What is known of the workspaces of this instance, and the turns in which they are changed. */
export class WorkspaceBook {
  readonly #options: WorkspaceBookOptions;
  readonly #record: Promise<WorkspaceRecord>;
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Distros that have the name of a workspace and not its files. */
  readonly #replaced = new Set<string>();
  /** The default distro as of the last list; `undefined` before the first. */
  defaultDistro: string | undefined;
  #servedNames: readonly string[] = [];
  /** Changes under way. */
  #working = 0;

  constructor(options: WorkspaceBookOptions) {
    this.#options = options;
    this.#record = WorkspaceRecord.open(options.file, options.log);
  }

  get record(): Promise<WorkspaceRecord> {
    return this.#record;
  }

  /** How much is being done with distros: as long as there is anything, the engine does not stop. */
  get working(): number {
    return this.#working;
  }

  /** Whether the setting names a distro. */
  isNamed(name: string): boolean {
    return isNamed(this.#options.setting(), name, this.defaultDistro);
  }

  /** Notes whether the distro of that name lacks the files that were placed. */
  setReplaced(name: string, isReplaced: boolean): void {
    if (isReplaced) this.#replaced.add(name);
    else this.#replaced.delete(name);
  }

  isReplaced(name: string): boolean {
    return this.#replaced.has(name);
  }

  /** Does something that needs the engine, without a turn. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
    }
  }

  /** Does one thing after another with each distro; with several at a time. */
  inTurn<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const result = this.during(() => before.then(work));
    const turn = result.then(() => {}, () => {}).finally(() => {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    });
    this.#turns.set(name, turn);
    return result;
  }

  /** Names of what the agent serves, as far as they are known at once. */
  get servedNames(): readonly string[] {
    return this.#servedNames;
  }

  /** What the agent serves. */
  async served(): Promise<readonly ServedWorkspace[]> {
    const { entries } = await this.#record;
    const served = Object.entries(entries)
      .filter(([name, { state }]) => state !== "removing" && this.isNamed(name) && !this.isReplaced(name))
      .map(([name, { token, uid, gid, mode, automountRoot }]) => ({
        name,
        token,
        uid,
        gid,
        mode,
        automountRoot,
      }))
      // What one distro says of itself must not make the agent ignore the whole list.
      .filter(isWorkspace);
    this.#servedNames = served.map(({ name }) => name);
    return served;
  }
}

/** A name for a folder that nobody guesses. */
export function newToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
