import { checkSetting, isSettingKey, type SettingKey, type Settings } from "./settings_schema.ts";

/** The version that this program writes. */
export const SETTINGS_VERSION = 1;

/** The settings file as it is: what a user has set, keys of other versions, and the file's own version. */
export interface SettingsDocument {
  /** What was set, by name; names that this version does not know included. */
  readonly values: Readonly<Record<string, unknown>>;
  /** At least {@linkcode SETTINGS_VERSION}; a newer program's file keeps its number. */
  readonly version: number;
}

/** Nothing is set. */
export const EMPTY_DOCUMENT: SettingsDocument = { version: SETTINGS_VERSION, values: {} };

/** What makes the values of the next version from those of one. */
export type Migration = (values: Record<string, unknown>) => Record<string, unknown>;

/** By the version that they start from. Version 1 is the first, so there is none yet. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/**
 * Reads the text of a settings file; `undefined` if it is damaged. A file without a version, which a person may
 * have written, is one of the current version. Pure.
 */
export function parseSettings(
  text: string,
  migrations: ReadonlyMap<number, Migration> = MIGRATIONS,
  current = SETTINGS_VERSION,
): SettingsDocument | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, "")); // editors on Windows put a byte order mark there
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const { version = current, ...rest } = parsed as Record<string, unknown>;
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) return undefined;
  let values = rest;
  for (let from = version; from < current; from++) values = migrations.get(from)?.(values) ?? values;
  return { version: Math.max(version, current), values };
}

/** The text of a settings file. Pure. */
export function formatSettings({ version, values }: SettingsDocument): string {
  return `${JSON.stringify({ version, ...values }, null, 2)}\n`;
}

/** What of the document counts, and why the rest of our own keys does not. Pure. */
export function validValues(
  values: Readonly<Record<string, unknown>>,
): { readonly valid: Partial<Settings>; readonly invalid: ReadonlyMap<SettingKey, string> } {
  const valid: Partial<Record<SettingKey, unknown>> = {};
  const invalid = new Map<SettingKey, string>();
  for (const [key, value] of Object.entries(values)) {
    if (!isSettingKey(key)) continue;
    const checked = checkSetting(key, value);
    if ("value" in checked) valid[key] = checked.value;
    else invalid.set(key, checked.invalid);
  }
  return { valid: valid as Partial<Settings>, invalid };
}
