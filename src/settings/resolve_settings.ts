import type { Policy } from "./policy.ts";
import { defaultOf, SETTING_KEYS, type SettingKey, Settings, takesEffect } from "./settings_schema.ts";

/** Where the value of a setting comes from. A later one of these wins over an earlier one. */
export type SettingSource = "default" | "policy default" | "user" | "policy";

/** One setting, as it is shown. */
export interface SettingEntry {
  readonly key: SettingKey;
  readonly value: Settings[SettingKey];
  /** What it would be if the user set nothing. */
  readonly default: Settings[SettingKey];
  readonly source: SettingSource;
  /** Whether a policy keeps everybody from changing it. */
  readonly locked: boolean;
  readonly description: string;
  readonly takesEffect: ReturnType<typeof takesEffect>;
}

/** What every setting is, and why. Pure. */
export function resolveSettings(user: Partial<Settings>, { locked, defaults }: Policy): SettingEntry[] {
  return SETTING_KEYS.map((key) => {
    const usual = defaults[key] ?? defaultOf(key);
    const [value, source]: [Settings[SettingKey], SettingSource] = locked[key] !== undefined
      ? [locked[key], "policy"]
      : user[key] !== undefined
      ? [user[key], "user"]
      : [usual, defaults[key] === undefined ? "default" : "policy default"];
    return {
      key,
      value,
      default: locked[key] ?? usual,
      source,
      locked: locked[key] !== undefined,
      description: Settings.shape[key].description ?? "",
      takesEffect: takesEffect(key),
    };
  });
}

/** The values alone. Pure. */
export function valuesOf(entries: readonly SettingEntry[]): Settings {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value])) as Settings;
}
