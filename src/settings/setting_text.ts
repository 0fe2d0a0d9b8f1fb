import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { type SettingKey, Settings } from "./settings_schema.ts";

/**
 * The value that a person means by what was typed for a setting: JSON where it takes more than text. Whether it is
 * one that the setting takes is not looked at. Pure.
 *
 * @throws {WindlassError} `WL_SETTING_INVALID` for what should be JSON and is not.
 */
export function parseSettingText(key: SettingKey, text: string): unknown {
  const schema = Settings.shape[key].unwrap();
  if (schema instanceof z.ZodBoolean) return text === "true" ? true : text === "false" ? false : text;
  const list = schema instanceof z.ZodArray;
  if (!(schema instanceof z.ZodRecord) && !list) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WindlassError("WL_SETTING_INVALID", `Cannot set '${key}' to '${text}': it is not JSON`, {
      cause,
      remedy: list
        ? "Put the whole list into single quotes, such as '[\"https://example.com/windlass/\"]'."
        : "Put the whole object into single quotes, such as '{\"debug\":true}'.",
    });
  }
}

/** A value as a person reads and types it. Pure. */
export function formatSetting(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
