import assert from "node:assert/strict";
import { NEVER } from "../../src/timing/sleep.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import { type Current, TRIAL_TRIES } from "../../src/payload/current_file.ts";
import type { Payload } from "../../src/payload/payload.ts";
import { Settings } from "../../src/settings/settings_schema.ts";
import type { UpdateChannel } from "../../src/update/channel/channel.ts";
import { type HistoryEntry, parseHistory } from "../../src/update/records/history.ts";
import { holdTrial } from "../../src/update/trial/hold_trial.ts";
import { describeVersion } from "../../src/update/records/known_versions.ts";
import { recoverUpdate } from "../../src/update/change/carry_out_recovery.ts";
import { encodeRelease, type ReleaseDocument } from "../../src/update/release/release_document.ts";
import { formatJournal, type Journal, parseJournal } from "../../src/update/records/journal.ts";
import type { UpdateRecords } from "../../src/update/records/records.ts";
import { newUpdateState, type UpdateState } from "../../src/update/records/state.ts";
import type { ChannelPort, EnginePort, VersionsPort } from "../../src/update/ports.ts";
import { Updater } from "../../src/update/updater.ts";
import { RELEASE, TIME } from "./fake_release.ts";

/** The process dies here: nothing after this happens in it. */
export class Death extends Error {}

/** Ids of the versions that a world has. */
export const OLD = "embedded";
export const NEW = "1".repeat(64);
const NUMBERS: Readonly<Record<string, string>> = { [OLD]: "1.0.0", [NEW]: "1.1.0" };
const INSTALL_ID = "6e1f1b0a-1111-4222-8333-444455556666";

/** What a world does otherwise than a good one. */
export interface FakeUpdateWorldOptions {
  /** Called at each step of what is written; throws to have the process die there. */
  readonly atPoint?: (point: string) => void;
  /** Why the new version is not healthy; it is if absent. */
  readonly newIsBroken?: string;
  /** What the settings are. */
  readonly settings?: Partial<Settings>;
  readonly release?: Partial<ReleaseDocument>;
  /** For how many milliseconds nothing has used the engine. */
  readonly unusedFor?: () => number;
  /** How long it takes to look for the engine distros of other versions. */
  readonly removing?: () => Promise<void>;
}

/** The disk of one machine, its launcher, and hosts that are started and die on it. */
export class FakeUpdateWorld {
  journal: string | undefined;
  state: UpdateState = newUpdateState(INSTALL_ID);
  history = "";
  current: Current | undefined;
  readonly installed = new Map<string, Uint8Array>();
  /** Engine distros by the version that they are of. */
  readonly distros = new Set([OLD]);
  /** What was asked of channel, store and distros, in order. */
  readonly asked: string[] = [];
  /** The version of each host that was started, in order. */
  readonly started: string[] = [];

  #isDead = false;

  constructor(readonly options: FakeUpdateWorldOptions = {}) {}

  /** Does the work of one process. Resolves to nothing if that has died of it. */
  async process<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    this.#isDead = false;
    let result: Result | undefined;
    try {
      result = await work();
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
    // Whatever has caught its death: nothing of what it did afterwards has happened.
    return this.#isDead ? undefined : result;
  }

  #point(point: string): void {
    if (this.#isDead) throw new Death(point);
    try {
      this.options.atPoint?.(point);
    } catch (error) {
      this.#isDead = true;
      throw error;
    }
  }

  get entries(): HistoryEntry[] {
    return parseHistory(this.history);
  }

  get foundJournal(): Journal | "damaged" | undefined {
    return this.journal === undefined ? undefined : parseJournal(this.journal);
  }

  /** Which version a start of `windlass host` runs, as the launcher decides. */
  launch(): string {
    const { current } = this;
    if (current === undefined) return OLD;
    const isThere = (id: string | null) => id !== null && (id === OLD || this.installed.has(id));
    const fallback = isThere(current.previous) ? current.previous! : OLD;
    if (!current.trial) return isThere(current.current) ? current.current : fallback;
    if (current.tries >= TRIAL_TRIES || !isThere(current.current)) return fallback;
    this.current = { ...current, tries: current.tries + 1 };
    return current.current;
  }

  /** The records as a process sees them. */
  records(): UpdateRecords {
    const write = (what: string, work: () => void) => {
      try {
        this.#point(`before ${what}`);
        work();
        this.#point(`after ${what}`);
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error);
      }
    };
    const state = () => this.state;
    return {
      log: NO_LOG,
      now: () => new Date(TIME),
      journal: {
        read: () => Promise.resolve(this.foundJournal),
        write: (journal) =>
          write(`journal ${journal.state}`, () => void (this.journal = formatJournal(journal))),
        remove: () =>
          this.journal === undefined
            ? Promise.resolve()
            : write("journal removed", () => void (this.journal = undefined)),
      },
      state: {
        get state() {
          return state();
        },
        change: (change) => write("state", () => void (this.state = change(this.state))),
      },
      history: {
        read: () => Promise.resolve(this.entries),
        add: (entry) =>
          write("history", () => {
            const isThere = this.entries.some(({ change, event }) =>
              change !== undefined && change === entry.change && event === entry.event
            );
            if (!isThere) this.history += `${JSON.stringify(entry)}\n`;
          }),
      },
      store: {
        readCurrent: () => Promise.resolve(this.current),
        writeCurrent: (next) =>
          write(`current ${next.current === OLD ? "old" : "new"}${next.trial ? " on trial" : ""}`, () => {
            this.current = { embedded: "f".repeat(64), ...next };
          }),
        removeCurrent: () => write("current removed", () => void (this.current = undefined)),
        versions: () => Promise.resolve([...this.installed.keys()]),
        remove: (id) => write("version removed", () => void this.installed.delete(id)),
        collect: () => write("components", () => {}),
      },
    };
  }

  /** A host's updater, whose switch ends it. */
  updater(running: string, ended: () => void = () => {}, onChange: () => void = () => {}): Updater {
    const values = Settings.parse({ ...this.options.settings });
    return new Updater({
      channel: this.#channel(),
      versions: this.#versions(running),
      engine: this.#engine(running),
      records: this.records(),
      platform: "linux-x64",
      owner: "direct",
      settings: () => ({ values, modeLocked: false }),
      endForSwitch: ended,
      onChange,
    });
  }

  async #at(point: string): Promise<void> {
    await Promise.resolve();
    this.#point(`at ${point}`);
    this.asked.push(point);
  }

  #channel(): ChannelPort {
    return {
      exists: true,
      open: (bundle) => {
        this.asked.push(bundle === undefined ? "channel" : `bundle ${bundle}`);
        const channel: UpdateChannel = {
          latest: () => Promise.resolve(encodeRelease({ ...RELEASE, ...this.options.release })),
          fetchBlob: () => assert.fail("staging is replaced"),
          [Symbol.dispose]: () => {},
        };
        return Promise.resolve(channel);
      },
      bytesToDownload: () => Promise.resolve(50),
      stage: async () => {
        await this.#at("stage");
        return [];
      },
      clearStaging: () => this.#at("staging cleared"),
    };
  }

  #versions(running: string): VersionsPort {
    return {
      running: { id: running, version: NUMBERS[running]! },
      install: async ({ release: bytes }) => {
        await this.#at("install");
        this.installed.set(NEW, bytes);
        await this.#at("installed");
        return NEW;
      },
      installedFrom: (bytes) =>
        Promise.resolve([...this.installed].find(([, own]) => `${own}` === `${bytes}`)?.[0]),
      open: (id) => {
        if (id === OLD || this.installed.has(id)) return Promise.resolve(emptyVersion(id));
        return Promise.reject(new WindlassError("WL_VERSION_INCOMPLETE", `Cannot read version '${id}'`));
      },
      describe: (id) => this.describe(id, running),
    };
  }

  #engine(running: string): EnginePort {
    return {
      keptBy: [],
      containers: () => Promise.resolve([]),
      unusedFor: () => this.options.unusedFor?.() ?? Infinity,
      stopWhenUnused: async () => {
        await this.#at("engine stopped");
        return true;
      },
      stop: () => this.#at("engine stopped"),
      prepare: async ({ version: { id } }) => {
        await this.#at("prepare");
        this.distros.add(id);
        await this.#at("prepared");
      },
      removeOthers: async () => {
        await this.options.removing?.();
        await this.#at("distros are removed");
        for (const id of [...this.distros]) if (id !== running) this.distros.delete(id);
        await this.#at("distros removed");
      },
    };
  }

  describe(id: string, running: string) {
    return describeVersion(id, {
      running: { id: running, version: NUMBERS[running]! },
      store: { releaseOf: (id) => Promise.resolve(this.installed.get(id)) },
      state: () => this.state,
    });
  }

  /**
   * Starts a host as `windlass host` does, and has it do all that it does by itself: recovery, the trial, tidying up.
   * Resolves to its updater.
   */
  async startHost(): Promise<{ readonly running: string; readonly updater: Updater }> {
    const running = this.launch();
    this.started.push(running);
    const records = this.records();
    const recovered = await recoverUpdate(records, {
      running,
      versionOf: async (id) => (await this.describe(id, running)).version,
    });
    if (recovered.handOver) return await this.startHost();
    const updater = this.updater(running);
    await updater.open(recovered.journal, recovered.trial !== undefined);
    if (recovered.trial !== undefined) {
      const { newIsBroken } = this.options;
      const check = () =>
        running === NEW && newIsBroken !== undefined
          ? Promise.reject(
            new WindlassError("WL_UPDATE_UNHEALTHY", `Cannot keep the new version: ${newIsBroken}`),
          )
          : Promise.resolve();
      const ending = await holdTrial(records, recovered.trial, check, NEVER);
      if (ending === "undone") return await this.startHost();
      await updater.trialEnded();
    }
    await updater.tidy(NEVER);
    return { running, updater };
  }
}

function emptyVersion(id: string): Payload {
  return {
    id,
    components: [],
    component: () => assert.fail("nothing is read from it"),
    storedStream: () => assert.fail("nothing is read from it"),
  };
}
