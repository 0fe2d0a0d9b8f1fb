/** The settings, and changes to them. */
import { z } from "zod";

/** One setting, with its value and where the value comes from. */
export interface SettingEntry {
  /** Name, such as `engine.idleTimeout`. */
  key: string;
  /** The current value; its type is in the schema of the settings. */
  value?: unknown;
  /** The value if the user sets nothing. */
  default?: unknown;
  /** Where the value comes from. A later one of these overrides an earlier one. */
  source: "default" | "policy default" | "user" | "policy";
  /** Whether a policy of this machine prevents changes. */
  locked: boolean;
  /** What the setting does. */
  description: string;
  /** When a change takes effect. */
  takesEffect:
    | "at once"
    | "for new ports"
    | "for new connections"
    | "for new containers"
    | "when the engine starts again";
}

export const SettingEntry: z.ZodType<SettingEntry> = z.object({
  key: z.string().describe("Name, such as engine.idleTimeout"),
  value: z.unknown().describe("The current value; its type is in the schema of the settings"),
  default: z.unknown().describe("The value if the user sets nothing"),
  source: z.enum(["default", "policy default", "user", "policy"]).describe("Where the value comes from"),
  locked: z.boolean().describe("Whether a policy of this machine prevents changes"),
  description: z.string().describe("What the setting does"),
  takesEffect: z.enum([
    "at once",
    "for new ports",
    "for new connections",
    "for new containers",
    "when the engine starts again",
  ]).describe("When a change takes effect"),
}).meta({ id: "SettingEntry" });

/** The response of `GET /v1/settings` (every setting) and `PATCH /v1/settings` (those that the request named). */
export interface SettingList {
  /** In the order in which they are shown. */
  settings: SettingEntry[];
}

export const SettingList: z.ZodType<SettingList> = z.object({ settings: z.array(SettingEntry) })
  .meta({ id: "SettingList" });

/** The body of `PATCH /v1/settings`: new values by name; `null` restores the default. */
export type SettingChanges = Record<string, unknown>;

export const SettingChanges: z.ZodType<SettingChanges> = z.record(z.string(), z.unknown())
  .meta({ id: "SettingChanges" });

/** The response of `GET /v1/settings/schema`: the JSON schema of an object with every setting. */
export type SettingsSchema = Record<string, unknown>;

export const SettingsSchema: z.ZodType<SettingsSchema> = z.record(z.string(), z.unknown())
  .meta({ id: "SettingsSchema" });
