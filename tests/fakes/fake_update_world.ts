import assert from "node:assert/strict";
import { UPDATE_OFFER } from "./fake_updates.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import { type Current, TRIAL_TRIES } from "../../src/payload/current_file.ts";
import type { Payload } from "../../src/payload/payload.ts";
import { Settings } from "../../src/settings/settings_schema.ts";
import type { UpdateChannel } from "../../src/update/channel/update_channel.ts";
import { type HistoryEntry, parseHistory } from "../../src/update/update_history.ts";
import { holdTrial } from "../../src/update/hold_trial.ts";
import { describeVersion } from "../../src/update/known_versions.ts";
import { recoverUpdate } from "../../src/update/recover_update.ts";
import { encodeRelease, type ReleaseDocument } from "../../src/update/release/release_document.ts";
import { formatJournal, type Journal, parseJournal } from "../../src/update/update_journal.ts";
import type { UpdateRecords } from "../../src/update/update_records.ts";
import { newUpdateState, type UpdateState } from "../../src/update/update_state.ts";
import { Updater } from "../../src/update/updater.ts";

/** The process dies here: nothing after this happens in it. */
export class Death extends Error {}

/** Ids of the versions that a world has. */
export const OLD = "embedded";
export const NEW = "1".repeat(64);
const NUMBERS: Readonly<Record<string, string>> = { [OLD]: "1.0.0", [NEW]: "1.1.0" };
const INSTALL_ID = "6e1f1b0a-1111-4222-8333-444455556666";
const TIME = "2026-01-02T03:04:05.000Z";

/** The release that the channel of a world has. */
export const RELEASE: ReleaseDocument = {
  format: 1,
  product: "windlass",
  channel: "stable",
  platform: "linux-x64",
  version: "1.1.0",
  published: TIME,
  minimumUpdater: 1,
  severity: "normal",
  notes: UPDATE_OFFER.notes,
  rollout: { percent: 100, salt: "s" },
  withdrawn: [],
  dockerd: "28.5.2",
  undo: true,
  executable: { sha256: "e".repeat(64), length: 1_000 },
  components: [{
    name: "app",
    id: "a".repeat(64),
    length: 100,
    unpack: true,
    executable: false,
    full: { sha256: "b".repeat(64), length: 50 },
    deltas: [],
  }],
};

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
  updater(running: string, ended: () => void = () => {}): Updater {
    const { options } = this;
    const records = this.records();
    const version = (id: string): Payload & Disposable => ({
      id,
      components: [],
      component: () => assert.fail("nothing is read from it"),
      storedStream: () => assert.fail("nothing is read from it"),
      [Symbol.dispose]: () => {},
    });
    const at = async (point: string) => {
      await Promise.resolve();
      this.#point(`at ${point}`);
      this.asked.push(point);
    };
    const values = Settings.parse({ ...options.settings });
    return new Updater({
      running: { id: running, version: NUMBERS[running]! },
      records,
      platform: "linux-x64",
      owner: "direct",
      settings: () => ({ values, modeLocked: false }),
      openChannel: (from) => {
        this.asked.push(from === undefined ? "channel" : `bundle ${from}`);
        const channel: UpdateChannel = {
          latest: () => Promise.resolve(encodeRelease({ ...RELEASE, ...options.release })),
          fetchBlob: () => assert.fail("staging is replaced"),
          [Symbol.dispose]: () => {},
        };
        return Promise.resolve(channel);
      },
      bytesToDownload: () => Promise.resolve(50),
      stage: async () => {
        await at("stage");
        return [];
      },
      clearStaging: () => at("staging cleared"),
      install: async ({ release: bytes }) => {
        await at("install");
        this.installed.set(NEW, bytes);
        await at("installed");
        return NEW;
      },
      installedFrom: (bytes) =>
        Promise.resolve([...this.installed].find(([, own]) => `${own}` === `${bytes}`)?.[0]),
      openVersion: (id) => {
        if (id === OLD || this.installed.has(id)) return Promise.resolve(version(id));
        return Promise.reject(new WindlassError("WL_VERSION_INCOMPLETE", `Cannot read version '${id}'`));
      },
      prepareEngine: async ({ version: { id } }) => {
        await at("prepare");
        this.distros.add(id);
        await at("prepared");
      },
      removeOtherDistros: async () => {
        await at("distros are removed");
        for (const id of [...this.distros]) if (id !== running) this.distros.delete(id);
        await at("distros removed");
      },
      engine: {
        containers: () => Promise.resolve([]),
        unusedFor: () => options.unusedFor?.() ?? Infinity,
        stopWhenUnused: async () => {
          await at("engine stopped");
          return true;
        },
        stop: async () => void await at("engine stopped"),
      },
      keptBy: () => [],
      describe: (id) => this.describe(id, running),
      endForSwitch: ended,
      onChange: () => {},
    });
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
      const ending = await holdTrial(records, recovered.trial, check, new AbortController().signal);
      if (ending === "undone") return await this.startHost();
      await updater.trialEnded();
    }
    await updater.tidy(new AbortController().signal);
    return { running, updater };
  }
}
