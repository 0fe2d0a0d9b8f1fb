import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLevel, LogLine } from "../../logging/log.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import { readJsonLines } from "../protocol/json_lines.ts";
import { LogRing } from "./log_ring.ts";
import { RpcSender } from "./rpc_sender.ts";
import {
  type AgentRequest,
  type AgentStatus,
  type CertificatesInUse,
  type EngineUse,
  type HeldPort,
  type HelloMessage,
  isAgentRequest,
} from "../protocol/rpc_messages.ts";
import { type DockerdState } from "../protocol/dockerd_state.ts";
import type { AgentStart } from "../protocol/start_marks.ts";
import type {
  ResolvedWorkspacePath,
  Workspace,
  WorkspacePathUse,
  WorkspaceRequest,
} from "../protocol/workspace_messages.ts";
import { RPC_LIMITS } from "../protocol/rpc_limits.ts";

/** What the requests of the host are carried out with. */
export interface RpcActions {
  hello(): HelloMessage;
  status(): AgentStatus;
  start(): AgentStart;
  /** Rejects while Docker does not answer. */
  use(): Promise<EngineUse>;
  /** What dockerd says against these options; nothing if it would take them. */
  checkDaemonOptions(options: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  /** Whether something is at the path; with a `device`, whether that is mounted there. */
  hasPath(path: string, device?: string): Promise<boolean>;
  /** Resolves once the certificates are written. */
  setCertificates(pem: string | undefined, forContainers: boolean): Promise<CertificatesInUse>;
  /** Lines of a lower level are dropped from now on. */
  setLogLevel(level: LogLevel): void;
  /** Resolves once the ports are held. */
  holdPorts(ports: readonly HeldPort[], milliseconds: number): Promise<void>;
  /** What is asked about workspaces, if this agent can serve any. */
  readonly workspaces?: WorkspaceActions;
  /** Resolves when dockerd has stopped. */
  restart(): Promise<void>;
  /** Resolves when everything is stopped and cleaned up. */
  shutdown(): Promise<void>;
}

/** What the requests about workspaces are carried out with. */
export interface WorkspaceActions {
  /** Resolves once the sockets of these, and of no others, are open. */
  serve(workspaces: readonly Workspace[]): Promise<void>;
  /** Resolves when dockerd has stopped; rejects if a client came meanwhile. */
  rest(): Promise<void>;
  resolvePath(workspace: string, path: string, use: WorkspacePathUse): Promise<ResolvedWorkspacePath>;
  /** Resolves to why the container cannot start, or to nothing. Rejects with the signal's reason. */
  prepareStart(container: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The agent's end of the control stream: tells states and log lines, carries out requests. */
export class RpcService {
  readonly #actions: RpcActions;
  readonly #log: Log;
  readonly #ring = new LogRing(AGENT_LIMITS.logRingLines);
  #sender: RpcSender | undefined;
  /** Aborted when the newest control stream has ended. */
  #gone = new AbortController();

  constructor(actions: RpcActions, log: Log) {
    this.#actions = actions;
    this.#log = log;
  }

  /** Tells the host a change of state. */
  sendState(state: DockerdState): void {
    this.#sender?.send({ kind: "state", state, start: this.#actions.start() });
  }

  /** Keeps a log line, and tells it to the host. */
  sendLog(line: LogLine): void {
    this.#ring.add(line);
    this.#sender?.sendLog(line);
  }

  /** Resolves when everything sent so far has gone out. */
  async flushed(): Promise<void> {
    await this.#sender?.flushed();
  }

  /**
   * Serves a control stream until it ends; the newest one receives what happens. Lines from before are sent first,
   * so that the host's log has the agent's start. Never rejects.
   */
  async serve(stream: Duplex): Promise<void> {
    const sender = new RpcSender(stream);
    sender.send(this.#actions.hello());
    sender.send({ kind: "state", state: this.#actions.status().state, start: this.#actions.start() });
    for (const line of this.#ring.newest(AGENT_LIMITS.logRingLines)) sender.sendLog(line);
    this.#sender = sender;
    const gone = new AbortController();
    this.#gone = gone;
    try {
      for await (const value of readJsonLines(stream, RPC_LIMITS.lineBytes)) {
        if (isAgentRequest(value)) this.#answer(value, sender);
        else this.#log("warn", "agent.rpc.unknown", { message: JSON.stringify(value).slice(0, 200) });
      }
    } catch (error) {
      this.#log("debug", "agent.rpc.broken", { reason: String(error) });
    } finally {
      if (this.#sender === sender) this.#sender = undefined;
      gone.abort(new WindlassError("WL_AGENT_GONE", "Cannot answer the host: its control stream has ended"));
      stream.close();
    }
  }

  async #answer(request: AgentRequest, sender: RpcSender): Promise<void> {
    try {
      sender.send({ kind: "response", id: request.id, result: await this.#carryOut(request) });
    } catch (error) {
      const text = errorText(error);
      sender.send({ kind: "response", id: request.id, error: text });
    }
  }

  async #carryOut(request: AgentRequest): Promise<unknown> {
    switch (request.method) {
      case "status":
        return this.#actions.status();
      case "use":
        return await this.#actions.use();
      case "logs":
        return newestWithin(this.#ring.newest(request.lines), AGENT_LIMITS.logsCharacters);
      case "check-daemon-options":
        return await this.#actions.checkDaemonOptions(request.options) ?? null;
      case "has-path":
        return await this.#actions.hasPath(request.path, request.device);
      case "set-certificates":
        return await this.#actions.setCertificates(request.pem, request.forContainers);
      case "log-level":
        this.#actions.setLogLevel(request.level);
        return null;
      case "hold-ports":
        await this.#actions.holdPorts(request.ports, request.milliseconds);
        return null;
      case "restart-engine":
        await this.#actions.restart();
        return null;
      case "shutdown":
        await this.#actions.shutdown();
        return null;
      default:
        return await this.#carryOutForWorkspaces(request);
    }
  }

  async #carryOutForWorkspaces(request: WorkspaceRequest): Promise<unknown> {
    const { workspaces } = this.#actions;
    if (workspaces === undefined) {
      throw new WindlassError(
        "WL_AGENT_REFUSED",
        `Cannot do '${request.method}': this agent serves no workspaces`,
      );
    }
    switch (request.method) {
      case "workspaces":
        await workspaces.serve(request.workspaces);
        return null;
      case "rest":
        await workspaces.rest();
        return null;
      case "resolve-workspace-path":
        return await workspaces.resolvePath(request.workspace, request.path, request.use);
      case "prepare-start":
        return await workspaces.prepareStart(request.container, this.#gone.signal) ?? null;
    }
  }
}

/** The newest of the lines that together have so many characters as JSON. Pure. */
export function newestWithin(lines: readonly LogLine[], characters: number): readonly LogLine[] {
  let room = characters;
  const first = lines.findLastIndex((line) => (room -= JSON.stringify(line).length) < 0);
  return lines.slice(first + 1);
}
