import type { SettingEntry } from "../api/resources/settings.ts";
import { withHiddenPassword } from "../proxy/ways/proxy_setting.ts";

/** An entry as everyone may see it: without the passwords of addresses. The file alone has them. Pure. */
export function shownEntry(entry: SettingEntry): SettingEntry {
  return { ...entry, value: shownValue(entry.value), default: shownValue(entry.default) };
}

/** A value without the passwords of the addresses in it, at any depth; dockerd takes addresses without a scheme too. Pure. */
export function shownValue(value: unknown): unknown {
  if (typeof value === "string") return withHiddenPassword(value);
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shownValue(inner)]));
}
