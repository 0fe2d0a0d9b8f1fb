import type { SettingChanges, SettingEntry } from "../api/resources/settings.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { NO_POLICY, parsePolicy, type Policy } from "./policy.ts";
import { resolveSettings, valuesOf } from "./resolve_settings.ts";
import {
  EMPTY_DOCUMENT,
  formatSettings,
  parseSettings,
  type SettingsDocument,
  validValues,
} from "./settings_document.ts";
import type { SettingsFiles, SettingsPaths } from "./settings_files.ts";
import { shownEntry, shownValue } from "./shown_values.ts";
import { checkSetting, isSettingKey, type SettingKey, type Settings } from "./settings_schema.ts";

/** The files of the settings. */
export interface SettingsStoreOptions {
  readonly files: SettingsFiles;
  /** For messages. */
  readonly paths: SettingsPaths;
}

/** Called with all values after a change, before it is written. @throws Why the change is impossible. */
export type PrepareChange = (values: Settings, changed: readonly SettingKey[]) => Promise<void>;

/**
 * The settings of an instance: the user's file, under the machine's policy.
 *
 * The file on disk is authoritative: a change reads the file again before it writes, so hand-made changes and those of other
 * programs are kept. Problems never keep the settings from being read; they are in `problems`.
 */
export class SettingsStore {
  readonly #options: SettingsStoreOptions;
  #document: SettingsDocument = EMPTY_DOCUMENT;
  #policy: Policy = NO_POLICY;
  #entries: readonly SettingEntry[] = [];
  #values: Settings = valuesOf(resolveSettings({}, NO_POLICY));
  /** About the file that was set aside; reported as long as this process lives. */
  #damaged: WindlassError | undefined;
  /** Why a file could not be read at all. */
  #unread: readonly WindlassError[] = [];
  #problems: readonly WindlassError[] = [];

  private constructor(options: SettingsStoreOptions) {
    this.#options = options;
  }

  /** Reads the settings. A damaged file is renamed and named in `problems`; without a folder there are defaults. */
  static async open(options: SettingsStoreOptions): Promise<SettingsStore> {
    const store = new SettingsStore(options);
    const problems: WindlassError[] = [];
    await store.#loadPolicy().catch((error) => problems.push(asProblem(error)));
    await store.#loadDocument().catch((error) => problems.push(asProblem(error)));
    store.#unread = problems;
    store.#take(store.#document);
    return store;
  }

  /** What every setting is now. */
  get values(): Settings {
    return this.#values;
  }

  /** The same with where each comes from, without passwords. */
  get entries(): readonly SettingEntry[] {
    return this.#entries;
  }

  /** What in the files is ignored, each with its remedy. */
  get problems(): readonly WindlassError[] {
    return this.#problems;
  }

  /**
   * Changes settings, all of them or none. When it resolves, the file has them and they are in effect as far as
   * they can be; resolves to the entries that were named.
   *
   * @throws {WindlassError} `WL_SETTING_UNKNOWN`, `WL_SETTING_LOCKED`, `WL_SETTING_INVALID`, `WL_SETTINGS_BUSY`;
   * what `prepare` throws; why the file cannot be written.
   */
  async change(
    changes: SettingChanges,
    signal: AbortSignal,
    prepare?: PrepareChange,
  ): Promise<SettingEntry[]> {
    using _lock = await this.#options.files.lock(signal);
    await this.#loadPolicy();
    await this.#loadDocument();
    this.#unread = [];
    const values = { ...this.#document.values };
    for (const [name, value] of Object.entries(changes)) {
      const key = this.#changeable(name);
      if (value === null) delete values[key];
      else values[key] = this.#checked(key, value);
    }
    const before = this.#values;
    const document = { ...this.#document, values };
    const after = valuesOf(resolveSettings(validValues(values).valid, this.#policy));
    const changed = (Object.keys(after) as SettingKey[])
      .filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
    if (changed.length > 0) await prepare?.(after, changed);
    const text = formatSettings(document);
    if (text !== formatSettings(this.#document)) await this.#options.files.writeSettings(text);
    this.#take(document);
    return this.#entries.filter(({ key }) => Object.hasOwn(changes, key));
  }

  #changeable(name: string): SettingKey {
    if (!isSettingKey(name)) throw unknownSetting(name);
    if (this.#policy.locked[name] === undefined) return name;
    throw new WindlassError(
      "WL_SETTING_LOCKED",
      `Cannot change '${name}': the policy '${this.#options.paths.policy}' locks it`,
    );
  }

  #checked(key: SettingKey, value: unknown): unknown {
    const checked = checkSetting(key, value);
    if ("value" in checked) return checked.value;
    throw new WindlassError(
      "WL_SETTING_INVALID",
      `Cannot set '${key}' to ${shown(value)}: ${checked.invalid}`,
    );
  }

  async #loadPolicy(): Promise<void> {
    const text = await this.#options.files.readPolicy();
    this.#policy = text === undefined ? NO_POLICY : parsePolicy(text, this.#options.paths.policy);
  }

  async #loadDocument(): Promise<void> {
    const { files, paths } = this.#options;
    const text = await files.readSettings();
    const document = text === undefined ? EMPTY_DOCUMENT : parseSettings(text);
    if (document === undefined) {
      const aside = await files.setAside();
      if (aside !== undefined) {
        this.#damaged = new WindlassError(
          "WL_SETTINGS_DAMAGED",
          `Cannot read the settings in '${paths.settings}': the file is damaged and is now '${aside}'`,
        );
      }
    }
    this.#take(document ?? EMPTY_DOCUMENT);
  }

  #take(document: SettingsDocument): void {
    const { paths } = this.#options;
    const { valid, invalid } = validValues(document.values);
    this.#document = document;
    const entries = resolveSettings(valid, this.#policy);
    this.#values = valuesOf(entries);
    this.#entries = entries.map(shownEntry);
    this.#problems = [
      ...this.#damaged === undefined ? [] : [this.#damaged],
      ...this.#unread,
      ...this.#policy.problems.map((message) => new WindlassError("WL_POLICY_INVALID", message)),
      ...[...invalid].map(([key, reason]) =>
        new WindlassError("WL_SETTING_INVALID", `Cannot use '${key}' of '${paths.settings}': ${reason}`, {
          remedy: `Run 'windlass settings set ${key} VALUE', or 'windlass settings reset ${key}'.`,
        })
      ),
    ];
  }
}

function asProblem(error: unknown): WindlassError {
  if (error instanceof WindlassError) return error;
  throw error;
}

/** There is no setting of that name. */
export function unknownSetting(name: string): WindlassError {
  return new WindlassError(
    "WL_SETTING_UNKNOWN",
    `Cannot use the setting '${name}': unknown setting`,
  );
}

function shown(value: unknown): string {
  const clean = shownValue(value);
  return typeof clean === "string" ? `'${clean}'` : JSON.stringify(clean) ?? String(clean);
}
