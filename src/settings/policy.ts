import { validValues } from "./settings_document.ts";
import { isSettingKey, type Settings } from "./settings_schema.ts";

/** What the administrator of the machine has decided for all its users. */
export interface Policy {
  /** Values that nobody can change. */
  readonly locked: Partial<Settings>;
  /** Values that take the place of our defaults. */
  readonly defaults: Partial<Settings>;
  /** What in the file is ignored, as sentences. */
  readonly problems: readonly string[];
}

/** A machine without a policy. */
export const NO_POLICY: Policy = { locked: {}, defaults: {}, problems: [] };

/**
 * Reads the text of a policy file: `{"locked": {"engine.idleTimeout": "never"}, "defaults": {...}}`. What is wrong
 * in it is ignored and listed in `problems`. Pure.
 */
export function parsePolicy(text: string, path: string): Policy {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return { ...NO_POLICY, problems: [`Cannot follow the policy '${path}': it is not JSON`] };
  }
  if (!isObject(parsed)) {
    return { ...NO_POLICY, problems: [`Cannot follow the policy '${path}': it is not a JSON object`] };
  }
  const problems: string[] = [];
  const part = (name: string): Partial<Settings> => {
    const values = parsed[name] ?? {};
    if (!isObject(values)) {
      problems.push(`Cannot follow the policy '${path}': '${name}' is not a JSON object`);
      return {};
    }
    const { valid, invalid } = validValues(values);
    for (const [key, reason] of invalid) {
      problems.push(`Cannot follow the policy '${path}' for '${key}': ${reason}`);
    }
    for (const key of Object.keys(values).filter((key) => !isSettingKey(key))) {
      problems.push(`Cannot follow the policy '${path}' for '${key}': there is no such setting`);
    }
    return valid;
  };
  return { locked: part("locked"), defaults: part("defaults"), problems };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
