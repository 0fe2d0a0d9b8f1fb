/**
 * What host and agent say to each other on the `rpc` stream: one JSON object a line, UTF-8.
 *
 * The agent speaks first, with {@linkcode HelloMessage} and the state it is in. From then on it sends a message for
 * each change of state and each log line, and exactly one response to each request. Order is kept.
 * Both sides drop a message whose kind or method they do not know, so that either may be the newer one.
 */
import { type AgentStream, isAgentStream } from "./agent_stream.ts";
import { type DockerdState, isDockerdState } from "./dockerd_state.ts";
import { isCount, isJson, isMember, isText } from "./json_guards.ts";
import { type AgentStart, isAgentStart } from "./start_marks.ts";
import {
  areWorkspaceUses,
  isWorkspaceRequest,
  type WorkspaceRequest,
  type WorkspaceUse,
} from "./workspace_messages.ts";
import { LOG_LEVELS, LOG_SOURCES, type LogFields, type LogLevel, type LogLine } from "../../logging/log.ts";

/** The agent's first message. */
export interface HelloMessage {
  readonly kind: "hello";
  readonly agentVersion: string;
  /** Kernel release, as `uname -r` prints it. */
  readonly kernel: string;
  /** What the kernel lacks of the things that Docker needs, as sentences; empty when nothing is missing. */
  readonly kernelProblems: readonly string[];
  readonly processId: number;
}

export interface StateMessage {
  readonly kind: "state";
  readonly state: DockerdState;
  /** How far this agent's start was at that moment; agents of earlier versions do not say. */
  readonly start?: AgentStart;
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
  /** Answered with whether the path exists in the distro, or whether the device (`major:minor`) is mounted there. */
  | { readonly id: number; readonly method: "has-path"; readonly path: string; readonly device?: string }
  /**
   * Answered once these ports are held in the engine's network, and no others; they are released after `milliseconds`.
   */
  | {
    readonly id: number;
    readonly method: "hold-ports";
    readonly ports: readonly HeldPort[];
    readonly milliseconds: number;
  }
  /**
   * What the user's machine trusts to vouch for servers, as PEM, and whether new containers get that, too. The first is sent
   * at the beginning of each life; without certificates, those sent last are meant. Answered once they are written, with
   * {@linkcode CertificatesInUse}.
   */
  | {
    readonly id: number;
    readonly method: "set-certificates";
    readonly pem?: string;
    readonly forContainers: boolean;
  }
  /** Answered once the agent sends log lines of this level and above only. */
  | { readonly id: number; readonly method: "log-level"; readonly level: LogLevel }
  /** Answered with the newest lines, oldest first: at most `lines`, and no more than the agent keeps. */
  | { readonly id: number; readonly method: "logs"; readonly lines: number }
  | WorkspaceRequest;

/** The answer to `set-certificates`. */
export interface CertificatesInUse {
  /** Whether a dockerd is running that has read other certificates, and keeps them until it is started again. */
  readonly restartNeeded: boolean;
}

/** A port number that the user's machine has taken. */
export interface HeldPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** The answer to `status`. */
export interface AgentStatus {
  readonly state: DockerdState;
  /** Streams of Docker clients open now, idle ones included. */
  readonly openStreams: number;
  /** The oldest of them. */
  readonly streams: readonly AgentStream[];
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
  /** Whether this engine is a node of a swarm, which expects it to be running. */
  readonly swarm: boolean;
  /** Docker clients that run inside the distro and are connected. */
  readonly localClients: number;
  /** Requests of clients in workspaces that keep the engine; agents of earlier versions do not say. */
  readonly workspaceRequests?: readonly WorkspaceUse[];
  /** How many other requests of theirs are under way, which only watch or read; likewise. */
  readonly workspaceWatchers?: number;
  /** Milliseconds since the last of their requests that keep the engine was answered; likewise, and absent before one. */
  readonly workspaceQuiet?: number;
  /** Workspaces whose files the engine has, because a container needs them; likewise. */
  readonly roots?: readonly string[];
}

const LEVELS: ReadonlySet<string> = new Set(LOG_LEVELS);
const SOURCES: ReadonlySet<string> = new Set(LOG_SOURCES);
const PROTOCOLS: ReadonlySet<string> = new Set<HeldPort["protocol"]>(["tcp", "udp"]);

function isFields(value: unknown): value is LogFields {
  return isJson(value) && Object.values(value).every((field) => field === null || typeof field !== "object");
}

/** Whether `value` is a log line with all its parts. */
export function isLogLine(value: unknown): value is LogLine {
  return isJson(value) && isText(value.time) && isMember(LEVELS, value.level) &&
    isMember(SOURCES, value.source) &&
    isText(value.event) && (value.fields === undefined || isFields(value.fields));
}

/** Whether `value` is the answer to `status`. */
export function isAgentStatus(value: unknown): value is AgentStatus {
  return isJson(value) && isDockerdState(value.state) && isCount(value.openStreams) &&
    isCount(value.memoryBytes) && Array.isArray(value.streams) && value.streams.every(isAgentStream);
}

/** Whether `value` is the answer to `use`. */
export function isEngineUse(value: unknown): value is EngineUse {
  return isJson(value) && isCount(value.containerCount) && isCount(value.localClients) &&
    typeof value.swarm === "boolean" && Array.isArray(value.containers) &&
    value.containers.every((container) =>
      isJson(container) && isText(container.name) && isText(container.state)
    ) &&
    (value.workspaceRequests === undefined || areWorkspaceUses(value.workspaceRequests)) &&
    (value.workspaceWatchers === undefined || isCount(value.workspaceWatchers)) &&
    (value.workspaceQuiet === undefined || isCount(value.workspaceQuiet)) &&
    (value.roots === undefined || Array.isArray(value.roots) && value.roots.every(isText));
}

/** Whether `value` is the answer to `set-certificates`. */
export function isCertificatesInUse(value: unknown): value is CertificatesInUse {
  return isJson(value) && typeof value.restartNeeded === "boolean";
}

/** Whether `value` is a message that the agent may send. */
export function isAgentMessage(value: unknown): value is AgentMessage {
  if (!isJson(value)) return false;
  switch (value.kind) {
    case "hello":
      return isText(value.agentVersion) && isText(value.kernel) && isCount(value.processId) &&
        Array.isArray(value.kernelProblems) && value.kernelProblems.every(isText);
    case "state":
      return isDockerdState(value.state) && (value.start === undefined || isAgentStart(value.start));
    case "log":
      return isLogLine(value.line);
    case "response":
      return isCount(value.id) && (value.error === undefined || isText(value.error));
    default:
      return false;
  }
}

function isHeldPort(value: unknown): value is HeldPort {
  return isJson(value) && isMember(PROTOCOLS, value.protocol) && isCount(value.port) &&
    value.port >= 1 && value.port <= 65_535;
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
    case "log-level":
      return isMember(LEVELS, value.level);
    case "has-path":
      return isText(value.path) && (value.device === undefined || isText(value.device));
    case "check-daemon-options":
      return isJson(value.options);
    case "set-certificates":
      return (value.pem === undefined || isText(value.pem)) && typeof value.forContainers === "boolean";
    case "hold-ports":
      return isCount(value.milliseconds) && Array.isArray(value.ports) && value.ports.every(isHeldPort);
    default:
      return isWorkspaceRequest(value);
  }
}
