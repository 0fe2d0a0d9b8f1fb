import { z } from "zod";
import { WindlassError } from "../errors/windlass_error.ts";
import { parseNamedValues } from "./named_values.ts";
import { parseNoProxyWords } from "./network_values.ts";
import { type SettingKey, Settings } from "./settings_schema.ts";
import { parseWorkspaceWords } from "./workspace_names.ts";

/**
 * The value that the words typed for a setting stand for. An object or a list is either one word of JSON, or
 * words that need no quotes, which every shell passes on unchanged: `NAME=VALUE` for an object, one word an
 * item for a list. Does not check whether the setting accepts the value. Pure.
 *
 * @throws {WindlassError} `WL_SETTING_INVALID` for words that cannot be read, `WL_USAGE` for more than one word
 * where the setting takes one.
 */
export function parseSettingWords(key: SettingKey, words: readonly string[]): unknown {
  if (key === "workspaces") return parseWorkspaceWords(words);
  if (key === "network.noProxy") return parseNoProxyWords(words);
  const schema = Settings.shape[key].unwrap();
  if (schema instanceof z.ZodRecord) return parseObject(key, words);
  if (schema instanceof z.ZodArray) return parseList(words);
  // PowerShell makes several words of what is a list to it.
  if (key === "ports.hostServices") return words.join(",");
  const [text = "", extra] = words;
  if (extra !== undefined) {
    throw new WindlassError("WL_USAGE", `Cannot set '${key}': unexpected argument '${extra}'`, {
      remedy: "Put a value that contains spaces into double quotes.",
    });
  }
  if (schema instanceof z.ZodBoolean) return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function parseObject(key: SettingKey, words: readonly string[]): unknown {
  const value = (words.length === 1 ? parseJson(words[0]!) : undefined) ?? parseNamedValues(words);
  if (value !== undefined) return value;
  throw new WindlassError(
    "WL_SETTING_INVALID",
    `Cannot set '${key}' to '${words.join(" ")}': it is neither a JSON object nor NAME=VALUE`,
    {
      remedy:
        `Shells may remove the quotes of JSON. Without quotes: windlass settings set ${key} debug=true log-opts.max-size=10m`,
    },
  );
}

function parseList(words: readonly string[]): unknown {
  const json = words.length === 1 ? parseJson(words[0]!) : undefined;
  return Array.isArray(json) ? json : words;
}

/** `undefined` for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as a person reads and types it. Pure. */
export function formatSetting(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
