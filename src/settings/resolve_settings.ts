import type { SettingEntry } from "../api/resources/settings.ts";
import type { Policy } from "./policy.ts";
import { SETTING_EFFECTS } from "./setting_effects.ts";
import { defaultOf, SETTING_KEYS, type SettingKey, Settings } from "./settings_schema.ts";

/** Every setting with its value and where that comes from. Pure. */
export function resolveSettings(user: Partial<Settings>, { locked, defaults }: Policy): SettingEntry[] {
  return SETTING_KEYS.map((key) => {
    const usual = defaults[key] ?? defaultOf(key);
    const [value, source]: [Settings[SettingKey], SettingEntry["source"]] = locked[key] !== undefined
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
      takesEffect: SETTING_EFFECTS[key].takesEffect,
    };
  });
}

/** The values alone. Pure. */
export function valuesOf(entries: readonly SettingEntry[]): Settings {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value])) as Settings;
}
