import type { SettingChanges } from "../api/resources/settings.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { followersOf, type SettingFollower } from "../settings/setting_effects.ts";
import { settingsFiles, type SettingsPaths } from "../settings/settings_files.ts";
import { SETTING_KEYS } from "../settings/settings_schema.ts";
import { SettingsStore } from "../settings/settings_store.ts";
import { policyFile } from "./home.ts";
import {
  machineFollowers,
  type MachineFollowersOptions,
  type ServiceFollowers,
  type SettingsFollower,
} from "./settings_followers.ts";

/** What is done at a start is a small file each. */
const START_MILLISECONDS = 10_000;

/** The settings of an instance with their followers: a change is made in the file and everywhere else. */
export class InstanceSettings {
  readonly #store: SettingsStore;
  readonly #followers: Partial<Record<SettingFollower, SettingsFollower>>;

  /** @param followers More are added by {@linkcode follow}. */
  constructor(store: SettingsStore, followers: Partial<Record<SettingFollower, SettingsFollower>>) {
    this.#store = store;
    this.#followers = { ...followers };
  }

  /** The current value of every setting. */
  get values(): SettingsStore["values"] {
    return this.#store.values;
  }

  /** Every setting with its value and where that comes from. */
  get entries(): SettingsStore["entries"] {
    return this.#store.entries;
  }

  /** What in the files is ignored, each with its remedy. */
  get problems(): SettingsStore["problems"] {
    return this.#store.problems;
  }

  /** Adds the followers that a host has. */
  follow(followers: ServiceFollowers): void {
    Object.assign(this.#followers, followers);
  }

  /**
   * Changes settings, all or none, and has their followers follow.
   *
   * @throws {WindlassError} As {@linkcode SettingsStore.change}, and why a follower refuses.
   */
  async change(changes: SettingChanges, signal: AbortSignal): ReturnType<SettingsStore["change"]> {
    const notified: SettingsFollower[] = [];
    const entries = await this.#store.change(changes, signal, async (values, changed) => {
      for (const name of followersOf(changed)) {
        const follower = this.#followers[name];
        await follower?.prepare?.(values, signal);
        if (follower !== undefined) notified.push(follower);
      }
    });
    for (const follower of notified) follower.changed?.(this.values);
    return entries;
  }

  /**
   * Has the machine follow the settings as they are: the executable may have moved, or the file have been edited by
   * hand. Resolves to what failed.
   */
  async start(): Promise<WindlassError[]> {
    const problems: WindlassError[] = [];
    for (const name of followersOf(SETTING_KEYS)) {
      const follower = this.#followers[name];
      if (follower?.preparesAtStart?.(this.values) !== true) continue;
      try {
        await follower.prepare?.(this.values, AbortSignal.timeout(START_MILLISECONDS));
      } catch (error) {
        if (!(error instanceof WindlassError)) throw error;
        problems.push(error);
      }
    }
    return problems;
  }
}

/** Opens the settings of an instance. The machine follows them; what else follows is added by the host. */
export async function openInstanceSettings(options: MachineFollowersOptions): Promise<InstanceSettings> {
  const { home } = options.installation;
  const paths: SettingsPaths = { settings: home.settingsFile, policy: policyFile(OPERATING_SYSTEM) };
  const store = await SettingsStore.open({ files: settingsFiles(paths), paths });
  return new InstanceSettings(store, machineFollowers(options));
}
