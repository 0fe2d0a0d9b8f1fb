import type { UpdateStatus, UpdateStepName } from "./update_answers.ts";

export type * from "./update_answers.ts";

/** What the engine is doing. */
export type EngineStateName = "stopped" | "importing" | "starting" | "running" | "stopping" | "failed";

/** A failure as it is told to users. */
export interface Problem {
  /** Stable error code, such as `WL_DISTRO_IMPORT_FAILED`. */
  code: string;
  /** One sentence that says what cannot be done, and why. */
  message: string;
  /** One sentence that says what to do. */
  remedy: string;
}

/** Something that works less well than it could. */
export interface Warning extends Problem {
  /** What must change for the warning to go, and when that is looked at. */
  dependsOn: string;
}

/** A failed request: RFC 9457, with our code and remedy beside the standard members. */
export interface ProblemDetails {
  /** `about:blank`: the code says more than an address would. */
  type: string;
  /** The name of the status code. */
  title: string;
  /** The status code. */
  status: number;
  /** One sentence that says what cannot be done, and why. */
  detail: string;
  /** Stable error code, such as `WL_API_UNAUTHORIZED`. */
  code: string;
  /** One sentence that says what to do. */
  remedy: string;
}

/** Something that keeps the engine running. */
export interface KeepReason {
  /** A few words, such as `container web` or `build`. */
  what: string;
  /** When it began, ISO 8601; `null` where that is not known. */
  since: string | null;
}

/** How far a stage is, in bytes. */
export interface Progress {
  /** Bytes so far. */
  done: number;
  /** Bytes in all. */
  total: number;
}

/** The engine's part of the status. */
export interface EngineStatus {
  /** What it is doing. */
  state: EngineStateName;
  /** What is being done in the states `importing`, `starting` and `stopping`. */
  stage?: string | undefined;
  /** How far the stage is, where that is known. */
  progress?: Progress | undefined;
  /** Value for `DOCKER_HOST`. */
  dockerHost: string;
  /** Every value of `DOCKER_HOST` that reaches the engine now. */
  listening: string[];
  /** `null` while dockerd does not run. */
  dockerVersion: string | null;
  /** When dockerd became ready, ISO 8601; `null` while it does not run. */
  since: string | null;
  /** Why the state is `failed`. */
  problem?: Problem | undefined;
  /** Why the engine is not stopped although it might be idle. */
  keptBy: KeepReason[];
  /** When it is stopped if nothing happens, ISO 8601; `null` if nothing stops it. */
  stopsAt: string | null;
}

/** What `windlass status --json` prints and `GET /v1/status` answers. */
export interface Status {
  /** Version of Windlass. */
  version: string;
  /** The host; its process id is `null` while none runs. */
  host: { pid: number | null };
  /** The Docker engine. */
  engine: EngineStatus;
  /** The engine's distro; the id of its root file system is `null` before the first import. */
  distro: { name: string; rootfs: string | null };
  /** What works less well than it could, and what to do about it; each code at most once. */
  warnings: Warning[];
  /** Which version runs and which could; left out while no host runs. */
  update?: UpdateStatus | undefined;
}

/** The part of the product that a log line comes from. */
export type LogSource = "host" | "agent" | "dockerd";

/** How much a log line matters, least first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line of the log. */
export interface LogLine {
  /** ISO 8601, UTC, milliseconds. */
  time: string;
  /** How much it matters. */
  level: LogLevel;
  /** Where it comes from. */
  source: LogSource;
  /** Dotted event name; for a line that another program printed, that line. */
  event: string;
  /** What the line carries beside its name. */
  fields?: Record<string, string | number | boolean | null> | undefined;
}

/** What `GET /v1/logs` answers. */
export interface LogLines {
  /** Oldest first. */
  lines: LogLine[];
}

/** The status: the first event of a stream, and again after every change. */
export interface StatusEvent {
  /** Tells it from the other events. */
  type: "status";
  /** The whole status. */
  status: Status;
}

/** How far long work is, many times a second while it lasts. */
export interface ProgressEvent extends Progress {
  /** Tells it from the other events. */
  type: "progress";
  /** What is being done, as the status names it. */
  stage: string;
}

/** A warning that has come up, or no longer holds. */
export interface WarningEvent {
  /** Tells it from the other events. */
  type: "warning";
  /** `false` when it no longer holds. */
  active: boolean;
  /** What it says. */
  warning: Warning;
}

/** How far an update is, many times a second while it is downloaded or prepared. */
export interface UpdateProgressEvent extends Progress {
  /** Tells it from the other events. */
  type: "update-progress";
  /** What is being done. */
  step: UpdateStepName;
}

/** What `GET /v1/events` sends: each as the data of an event that is named after its type. */
export type HostEvent = StatusEvent | ProgressEvent | UpdateProgressEvent | WarningEvent;

/** What `POST /v1/page-links` answers. */
export interface PageLink {
  /** Opens the status page, once and within 60 s. */
  url: string;
}

/** A port of this machine that leads into the engine. */
export interface PublishedPort {
  /** What it speaks. */
  protocol: "tcp" | "udp";
  /** Where this machine listens; `0.0.0.0` and `::` are all of its addresses. */
  address: string;
  /** 1 to 65535. */
  port: number;
  /** Where it leads, inside the engine. */
  container: { address: string; port: number };
  /** Whether a container has published it, or one on the host network listens on it. */
  source: "published" | "host-network";
  /** ISO 8601. */
  since: string;
  /** Connections, or UDP clients: those that are open now, and all since the port was published. */
  connections: { open: number; total: number };
  /** Bytes from clients to the container, and back. */
  bytes: { received: number; sent: number };
}

/** What `windlass ports --json` prints and `GET /v1/ports` answers. */
export interface PublishedPorts {
  /** By number. */
  ports: PublishedPort[];
}

/** One setting. */
export interface SettingEntry {
  /** Such as `engine.idleTimeout`. */
  key: string;
  /** As the schema of the settings says. */
  value?: unknown;
  /** What it is if the user sets nothing. */
  default?: unknown;
  /** Where the value comes from. */
  source: "default" | "policy default" | "user" | "policy";
  /** Whether a policy of this machine keeps it from being changed. */
  locked: boolean;
  /** What it is for. */
  description: string;
  /** When a change counts. */
  takesEffect: "at once" | "for new ports" | "when the engine starts again";
}

/** What `GET` and `PATCH /v1/settings` answer. */
export interface SettingList {
  /** All there are. */
  settings: SettingEntry[];
}

/** What `PATCH /v1/settings` takes: new values by name; `null` is back to the default. */
export type SettingChanges = Record<string, unknown>;

/** What `GET /v1/settings/schema` answers: a JSON schema. */
export type SettingsSchema = Record<string, unknown>;
