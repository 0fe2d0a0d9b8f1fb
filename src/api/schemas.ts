import { z } from "zod";
import type * as answers from "./answers.ts";
import { EngineStatus } from "./engine_schemas.ts";
import { Warning } from "./problem_schemas.ts";
import { UpdateStatus, UpdateStepName } from "./update_schemas.ts";

export { EngineStateName, EngineStatus, KeepReason } from "./engine_schemas.ts";
export { Problem, ProblemDetails, Warning } from "./problem_schemas.ts";
export {
  UpdateInstallation,
  UpdateMode,
  UpdateOffer,
  UpdateOwner,
  UpdatePin,
  UpdateRollback,
  UpdateSkip,
  UpdateStatus,
  UpdateStepName,
} from "./update_schemas.ts";

/** What `windlass status --json` prints and `GET /v1/status` answers. */
export const Status: z.ZodType<answers.Status> = z.object({
  version: z.string().describe("Version of Windlass"),
  host: z.object({ pid: z.int().nullable().describe("null while no host runs") }),
  engine: EngineStatus,
  distro: z.object({
    name: z.string(),
    rootfs: z.string().nullable().describe(
      "Id of the imported root file system; null before the first import",
    ),
  }),
  warnings: z.array(Warning).describe(
    "What works less well than it could, and what to do about it; each code at most once",
  ),
  update: UpdateStatus.optional().describe("Which version runs and which could; absent while no host runs"),
}).meta({ id: "Status" });

/** The part of the product that a log line comes from. */
export const LogSource: z.ZodType<answers.LogSource> = z.enum(["host", "agent", "dockerd"]);

/** How much a log line matters, least first. */
export const LogLevel: z.ZodType<answers.LogLevel> = z.enum(["debug", "info", "warn", "error"]);

/** One line of the log. */
export const LogLine: z.ZodType<answers.LogLine> = z.object({
  time: z.iso.datetime().describe("UTC, milliseconds"),
  level: LogLevel,
  source: LogSource,
  event: z.string().describe("Dotted event name; for a line that another program printed, that line"),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
}).meta({ id: "LogLine" });

/** What `GET /v1/logs` answers. */
export const LogLines: z.ZodType<answers.LogLines> = z.object({
  lines: z.array(LogLine).describe("Oldest first"),
}).meta({
  id: "LogLines",
});

/** What `GET /v1/events` sends: each as the data of an event that is named after its type. */
export const HostEvent: z.ZodType<answers.HostEvent> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("status"),
    status: Status.describe("The first event, and again after every change"),
  }),
  z.object({
    type: z.literal("progress"),
    stage: z.string().describe("What is being done, as the status names it"),
    done: z.number().describe("Bytes so far"),
    total: z.number().describe("Bytes in all"),
  }),
  z.object({
    type: z.literal("update-progress"),
    step: UpdateStepName,
    done: z.number().describe("Bytes so far"),
    total: z.number().describe("Bytes in all"),
  }),
  z.object({
    type: z.literal("warning"),
    active: z.boolean().describe("false when it no longer holds"),
    warning: Warning,
  }),
]).meta({ id: "HostEvent" });

/** What `POST /v1/page-links` answers. */
export const PageLink: z.ZodType<answers.PageLink> = z.object({
  url: z.url().describe("Opens the status page, once and within 60 s"),
}).meta({ id: "PageLink" });

/** A port of this machine that leads into the engine. */
export const PublishedPort: z.ZodType<answers.PublishedPort> = z.object({
  protocol: z.enum(["tcp", "udp"]),
  address: z.string().describe("Where this machine listens; 0.0.0.0 and :: are all of its addresses"),
  port: z.int(),
  container: z.object({ address: z.string(), port: z.int() }).describe("Where it leads, inside the engine"),
  source: z.enum(["published", "host-network"]).describe(
    "Whether a container has published it, or one on the host network listens on it",
  ),
  since: z.iso.datetime(),
  connections: z.object({
    open: z.int().describe("Connections, or UDP clients, that are open now"),
    total: z.int().describe("Those and all before"),
  }),
  bytes: z.object({
    received: z.int().describe("From clients to the container"),
    sent: z.int().describe("From the container to clients"),
  }),
}).meta({ id: "PublishedPort" });

/** What `windlass ports --json` prints and `GET /v1/ports` answers. */
export const PublishedPorts: z.ZodType<answers.PublishedPorts> = z.object({
  ports: z.array(PublishedPort).describe("By number"),
}).meta({ id: "PublishedPorts" });

/** One setting. */
export const SettingEntry: z.ZodType<answers.SettingEntry> = z.object({
  key: z.string().describe("Such as engine.idleTimeout"),
  value: z.unknown().describe("As the schema of the settings says"),
  default: z.unknown().describe("What it is if the user sets nothing"),
  source: z.enum(["default", "policy default", "user", "policy"]).describe("Where the value comes from"),
  locked: z.boolean().describe("Whether a policy of this machine keeps it from being changed"),
  description: z.string(),
  takesEffect: z.enum(["at once", "for new ports", "when the engine starts again"]).describe(
    "When a change counts",
  ),
}).meta({ id: "SettingEntry" });

/** What `GET` and `PATCH /v1/settings` answer. */
export const SettingList: z.ZodType<answers.SettingList> = z.object({ settings: z.array(SettingEntry) }).meta(
  { id: "SettingList" },
);

/** What `PATCH /v1/settings` takes: new values by name; null is back to the default. */
export const SettingChanges: z.ZodType<answers.SettingChanges> = z.record(z.string(), z.unknown()).meta({
  id: "SettingChanges",
});

/** What `GET /v1/settings/schema` answers. */
export const SettingsSchema: z.ZodType<answers.SettingsSchema> = z.record(z.string(), z.unknown()).meta({
  id: "SettingsSchema",
});

// A name is a schema where a value is meant, and what it describes where a type is meant.
/** What the schema of the same name describes. */
export type Status = answers.Status;
/** What the schema of the same name describes. */
export type LogSource = answers.LogSource;
/** What the schema of the same name describes. */
export type LogLevel = answers.LogLevel;
/** What the schema of the same name describes. */
export type LogLine = answers.LogLine;
/** What the schema of the same name describes. */
export type LogLines = answers.LogLines;
/** What the schema of the same name describes. */
export type HostEvent = answers.HostEvent;
/** What the schema of the same name describes. */
export type PageLink = answers.PageLink;
/** What the schema of the same name describes. */
export type PublishedPort = answers.PublishedPort;
/** What the schema of the same name describes. */
export type PublishedPorts = answers.PublishedPorts;
/** What the schema of the same name describes. */
export type SettingEntry = answers.SettingEntry;
/** What the schema of the same name describes. */
export type SettingList = answers.SettingList;
/** What the schema of the same name describes. */
export type SettingChanges = answers.SettingChanges;
/** What the schema of the same name describes. */
export type SettingsSchema = answers.SettingsSchema;
