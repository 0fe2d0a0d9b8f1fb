/**
 * What host and agent say to each other on the `rpc` stream: one JSON object a line, UTF-8.
 *
 * The agent speaks first, with {@linkcode HelloMessage} and the state it is in. From then on it sends a message for
 * each change of state and each log line, and exactly one response to each request. Order is kept.
 * Both sides drop a message whose kind or method they do not know, so that either may be the newer one.
 */
import type { LogFields, LogLevel, LogLine, LogSource } from "../logging/log.ts";

/** What the agent does before it can start Docker; in this order. */
export type PreparationStage = "leftovers" | "control-groups" | "data";

/** What is left to do on the way out; in this order. */
export type StoppingStage = "engine" | "leftovers" | "network";

/** How far the images that come with the engine distro are; they are loaded once per data distro. */
export type SampleImages = "loading" | "loaded" | "failed";

/** The state of the engine. Times are ISO 8601, UTC. */
export type EngineState =
  /** On the way to the first start of Docker. */
  | { readonly kind: "preparing"; readonly stage: PreparationStage }
  /** dockerd runs and does not answer yet. `attempt` counts from 1 since it last ran well. */
  | { readonly kind: "starting"; readonly since: string; readonly attempt: number }
  /** dockerd answers. */
  | {
    readonly kind: "running";
    readonly since: string;
    readonly dockerVersion: string;
    readonly sampleImages: SampleImages;
    /** Why the user's options for dockerd are not used, as it ends a sentence. */
    readonly optionsProblem?: string;
  }
  /** On the way out, or to a restart that was asked for. */
  | { readonly kind: "stopping"; readonly stage: StoppingStage; readonly since: string }
  /** dockerd is not there; tried again at `retryAt`, or never if that is absent. */
  | {
    readonly kind: "failed";
    readonly code: EngineFailureCode;
    readonly message: string;
    readonly retryAt?: string;
  };

const FAILURE_CODES = [
  "WL_ENGINE_DATA_MISSING",
  "WL_DATA_TOO_NEW",
  "WL_ENGINE_PREPARATION_FAILED",
  "WL_ENGINE_FAILED",
  "WL_ENGINE_TIMEOUT",
] as const;

/** Why the engine is not there; each is in the list of error codes. */
export type EngineFailureCode = typeof FAILURE_CODES[number];

/** The agent's first message. */
export interface HelloMessage {
  readonly kind: "hello";
  readonly agentVersion: string;
  /** Kernel release, as `uname -r` prints it. */
  readonly kernel: string;
  /** What the kernel lacks of the things that Docker needs, as sentences; empty when all is there. */
  readonly kernelProblems: readonly string[];
  readonly processId: number;
}

export interface StateMessage {
  readonly kind: "state";
  readonly state: EngineState;
}

export interface LogMessage {
  readonly kind: "log";
  readonly line: LogLine;
}

export interface ResponseMessage {
  readonly kind: "response";
  readonly id: number;
  /** Present when the request was carried out. */
  readonly result?: unknown;
  /** Present when not: one sentence. */
  readonly error?: string;
}

/** What the agent sends. */
export type AgentMessage = HelloMessage | StateMessage | LogMessage | ResponseMessage;

/** What the host may ask for. */
export type AgentRequest =
  /** Stop Docker, clean up and exit. Answered once Docker is gone; then the link ends. */
  | { readonly id: number; readonly method: "shutdown" }
  /** Stop Docker and start it again. Answered once it has stopped. */
  | { readonly id: number; readonly method: "restart-engine" }
  /** Answered with {@linkcode AgentStatus}. */
  | { readonly id: number; readonly method: "status" }
  /** Answered with {@linkcode EngineUse}. */
  | { readonly id: number; readonly method: "use" }
  /** Answered with what dockerd says against these options, `null` if it would take them. */
  | {
    readonly id: number;
    readonly method: "check-daemon-options";
    readonly options: Readonly<Record<string, unknown>>;
  }
  /** Answered with the newest lines, oldest first: at most `lines`, and no more than the agent keeps. */
  | { readonly id: number; readonly method: "logs"; readonly lines: number };

/** The answer to `status`. */
export interface AgentStatus {
  readonly state: EngineState;
  /** Streams of Docker clients open now, idle ones included. */
  readonly openStreams: number;
  /** Resident memory of the agent. */
  readonly memoryBytes: number;
}

/** A container that is running, paused or restarting. */
export interface UsedContainer {
  readonly name: string;
  /** As Docker calls it. */
  readonly state: string;
}

/** The answer to `use`: what keeps Docker busy beside the streams of the host. */
export interface EngineUse {
  /** Some of the containers; all of them where there are few. */
  readonly containers: readonly UsedContainer[];
  readonly containerCount: number;
  /** Whether this engine is a node of a swarm, which expects it to be there. */
  readonly swarm: boolean;
  /** Docker clients that run inside the distro and are connected. */
  readonly localClients: number;
}

type Json = Readonly<Record<string, unknown>>;

const LEVELS: ReadonlySet<string> = new Set<LogLevel>(["debug", "info", "warn", "error"]);
const SOURCES: ReadonlySet<string> = new Set<LogSource>(["host", "agent", "dockerd"]);
const STAGES: ReadonlySet<string> = new Set<PreparationStage>(["leftovers", "control-groups", "data"]);
const STOPPING: ReadonlySet<string> = new Set<StoppingStage>(["engine", "leftovers", "network"]);
const SAMPLES: ReadonlySet<string> = new Set<SampleImages>(["loading", "loaded", "failed"]);
const FAILURES: ReadonlySet<string> = new Set(FAILURE_CODES);

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isMember(set: ReadonlySet<string>, value: unknown): boolean {
  return typeof value === "string" && set.has(value);
}

function isFields(value: unknown): value is LogFields {
  return isJson(value) && Object.values(value).every((field) => field === null || typeof field !== "object");
}

/** Whether a code is one that the engine may fail with. */
export function isEngineFailureCode(code: string): code is EngineFailureCode {
  return FAILURES.has(code);
}

/** Whether `value` is a log line with all its parts. */
export function isLogLine(value: unknown): value is LogLine {
  return isJson(value) && isText(value.time) && isMember(LEVELS, value.level) &&
    isMember(SOURCES, value.source) &&
    isText(value.event) && (value.fields === undefined || isFields(value.fields));
}

/** Whether `value` is a state of the engine with all its parts. */
export function isEngineState(value: unknown): value is EngineState {
  if (!isJson(value)) return false;
  switch (value.kind) {
    case "preparing":
      return isMember(STAGES, value.stage);
    case "starting":
      return isText(value.since) && isCount(value.attempt);
    case "running":
      return isText(value.since) && isText(value.dockerVersion) && isMember(SAMPLES, value.sampleImages) &&
        (value.optionsProblem === undefined || isText(value.optionsProblem));
    case "stopping":
      return isMember(STOPPING, value.stage) && isText(value.since);
    case "failed":
      return isMember(FAILURES, value.code) && isText(value.message) &&
        (value.retryAt === undefined || isText(value.retryAt));
    default:
      return false;
  }
}

/** Whether `value` is the answer to `status`. */
export function isAgentStatus(value: unknown): value is AgentStatus {
  return isJson(value) && isEngineState(value.state) && isCount(value.openStreams) &&
    isCount(value.memoryBytes);
}

/** Whether `value` is the answer to `use`. */
export function isEngineUse(value: unknown): value is EngineUse {
  return isJson(value) && isCount(value.containerCount) && isCount(value.localClients) &&
    typeof value.swarm === "boolean" && Array.isArray(value.containers) &&
    value.containers.every((container) =>
      isJson(container) && isText(container.name) && isText(container.state)
    );
}

/** Whether `value` is a message that the agent may send. */
export function isAgentMessage(value: unknown): value is AgentMessage {
  if (!isJson(value)) return false;
  switch (value.kind) {
    case "hello":
      return isText(value.agentVersion) && isText(value.kernel) && isCount(value.processId) &&
        Array.isArray(value.kernelProblems) && value.kernelProblems.every(isText);
    case "state":
      return isEngineState(value.state);
    case "log":
      return isLogLine(value.line);
    case "response":
      return isCount(value.id) && (value.error === undefined || isText(value.error));
    default:
      return false;
  }
}

/** Whether `value` is a request that the host may send. */
export function isAgentRequest(value: unknown): value is AgentRequest {
  if (!isJson(value) || !isCount(value.id)) return false;
  switch (value.method) {
    case "shutdown":
    case "restart-engine":
    case "status":
    case "use":
      return true;
    case "logs":
      return isCount(value.lines);
    case "check-daemon-options":
      return isJson(value.options);
    default:
      return false;
  }
}
