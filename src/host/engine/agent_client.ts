import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLevel, LogLine } from "../../logging/log.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { LogEpisodes } from "../../overload/log_episodes.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { RPC_LIMITS } from "../../agent/protocol/rpc_limits.ts";
import { formatTarget } from "../../agent/protocol/stream_target.ts";
import { encodeJsonLine, readJsonLines } from "../../agent/protocol/json_lines.ts";
import {
  type AgentRequest,
  type AgentStatus,
  type CertificatesInUse,
  type EngineUse,
  type HeldPort,
  type HelloMessage,
  isAgentMessage,
  isAgentStatus,
  isCertificatesInUse,
  isEngineUse,
  isLogLine,
} from "../../agent/protocol/rpc_messages.ts";
import type { AgentStart } from "../../agent/protocol/start_marks.ts";
import {
  isResolvedWorkspacePath,
  type ResolvedWorkspacePath,
  type Workspace,
  type WorkspacePathUse,
} from "../../agent/protocol/workspace_messages.ts";
import { type DockerdState } from "../../agent/protocol/dockerd_state.ts";

/** What the host does with the agent's messages. None of them may throw. */
export interface AgentHandlers {
  readonly onState: (state: DockerdState) => void;
  /** Called ahead of `onState`, with what the agent has reported of its start with that state. */
  readonly onStart?: ((start: AgentStart) => void) | undefined;
  /** Lines of the agent and of dockerd. */
  readonly onLog: (line: LogLine) => void;
  readonly onHello?: (hello: HelloMessage) => void;
  readonly log: Log;
}

/** The host's side of the agent's control stream. */
export interface AgentClient extends Disposable {
  /** The state that the agent told last; `undefined` before its first word. */
  readonly state: DockerdState | undefined;
  /** Resolves when the stream has ended. Never rejects. */
  readonly closed: Promise<void>;
  status(signal: AbortSignal): Promise<AgentStatus>;
  /** What Docker is in use for now. */
  use(signal: AbortSignal): Promise<EngineUse>;
  /** What dockerd says against these options, as a lower-case clause; nothing if it would take them. */
  checkDaemonOptions(
    options: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Whether a path exists in the distro (follows links); with a `device`, whether that is mounted there. */
  hasPath(path: string, signal: AbortSignal, device?: string): Promise<boolean>;
  /** Holds these ports, and no others, in the engine's network for a time. */
  holdPorts(ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Has dockerd, and new containers if they are to, trust these certificates, as PEM; without, those given last. */
  setCertificates(
    pem: string | undefined,
    forContainers: boolean,
    signal: AbortSignal,
  ): Promise<CertificatesInUse>;
  /** Has the agent send log lines of this level and above only. */
  setLogLevel(level: LogLevel, signal: AbortSignal): Promise<void>;
  /** The newest lines that the agent keeps, oldest first. */
  logs(lines: number, signal: AbortSignal): Promise<LogLine[]>;
  /** Serves these workspaces, and no others. Resolves once their sockets are open. */
  serveWorkspaces(workspaces: readonly Workspace[], signal: AbortSignal): Promise<void>;
  /** Resolves when dockerd has stopped; the next client starts it again. Rejects if one came meanwhile. */
  rest(signal: AbortSignal): Promise<void>;
  /** The engine's name for an absolute path of a workspace, or why no container can have it. */
  resolveWorkspacePath(
    workspace: string,
    path: string,
    use: WorkspacePathUse,
    signal: AbortSignal,
  ): Promise<ResolvedWorkspacePath>;
  /** Has the files of workspaces at hand that a container mounts. Resolves to why it cannot start, or to nothing. */
  prepareStart(container: string, signal: AbortSignal): Promise<string | undefined>;
  /** Resolves when dockerd has stopped and is about to be started again. */
  restartEngine(signal: AbortSignal): Promise<void>;
  /** Resolves when Docker is gone and cleaned up after; the agent then ends the link. */
  shutdown(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the control stream of a session and owns it. Requests may be made at once; they wait for the agent.
 * They reject with the signal's reason, with `WL_AGENT_REFUSED` and the agent's own words, or with
 * `WL_AGENT_GONE` when the stream ends before the answer. An agent of an earlier version does not answer the requests
 * about workspaces: give them a limit.
 *
 * @example
 * ```ts
 * const agent = connectAgent(session, { onState, onLog, log });
 * await agent.shutdown(AbortSignal.timeout(45_000));
 * ```
 */
export function connectAgent(session: Pick<MuxSession, "open">, handlers: AgentHandlers): AgentClient {
  return new StreamAgentClient(session.open(formatTarget({ kind: "rpc" })), handlers);
}

type RequestBody = AgentRequest extends infer Request
  ? Request extends { readonly id: number } ? Omit<Request, "id"> : never
  : never;

class StreamAgentClient implements AgentClient {
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  readonly #handlers: AgentHandlers;
  readonly #episodes: LogEpisodes;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #state: DockerdState | undefined;
  #nextId = 1;
  #isClosed = false;
  /** Requests go out one at a time. */
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(stream: Duplex, handlers: AgentHandlers) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#episodes = new LogEpisodes(handlers.log);
    this.closed = this.#read();
  }

  get state(): DockerdState | undefined {
    return this.#state;
  }

  async status(signal: AbortSignal): Promise<AgentStatus> {
    const result = await this.#request({ method: "status" }, signal);
    if (!isAgentStatus(result)) throw unexpected("status");
    return result;
  }

  async use(signal: AbortSignal): Promise<EngineUse> {
    const result = await this.#request({ method: "use" }, signal);
    if (!isEngineUse(result)) throw unexpected("use");
    return result;
  }

  async checkDaemonOptions(options: Readonly<Record<string, unknown>>, signal: AbortSignal) {
    const result = await this.#request({ method: "check-daemon-options", options }, signal);
    if (result !== null && typeof result !== "string") throw unexpected("check-daemon-options");
    return result ?? undefined;
  }

  async hasPath(path: string, signal: AbortSignal, device?: string): Promise<boolean> {
    const wanted = device === undefined ? { path } : { path, device };
    const result = await this.#request({ method: "has-path", ...wanted }, signal);
    if (typeof result !== "boolean") throw unexpected("has-path");
    return result;
  }

  async logs(lines: number, signal: AbortSignal): Promise<LogLine[]> {
    const result = await this.#request({ method: "logs", lines }, signal);
    if (!Array.isArray(result) || !result.every(isLogLine)) throw unexpected("logs");
    return result;
  }

  async holdPorts(ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.#request({ method: "hold-ports", ports, milliseconds }, signal);
  }

  async setCertificates(pem: string | undefined, forContainers: boolean, signal: AbortSignal) {
    const wanted = pem === undefined ? { forContainers } : { pem, forContainers };
    const result = await this.#request({ method: "set-certificates", ...wanted }, signal);
    if (!isCertificatesInUse(result)) throw unexpected("set-certificates");
    return result;
  }

  async setLogLevel(level: LogLevel, signal: AbortSignal): Promise<void> {
    await this.#request({ method: "log-level", level }, signal);
  }

  async serveWorkspaces(workspaces: readonly Workspace[], signal: AbortSignal): Promise<void> {
    await this.#request({ method: "workspaces", workspaces }, signal);
  }

  async rest(signal: AbortSignal): Promise<void> {
    await this.#request({ method: "rest" }, signal);
  }

  async resolveWorkspacePath(workspace: string, path: string, use: WorkspacePathUse, signal: AbortSignal) {
    const request = { method: "resolve-workspace-path", workspace, path, use } as const;
    const result = await this.#request(request, signal);
    if (!isResolvedWorkspacePath(result)) throw unexpected(request.method);
    return result;
  }

  async prepareStart(container: string, signal: AbortSignal): Promise<string | undefined> {
    const result = await this.#request({ method: "prepare-start", container }, signal);
    if (result !== null && typeof result !== "string") throw unexpected("prepare-start");
    return result ?? undefined;
  }

  async restartEngine(signal: AbortSignal): Promise<void> {
    await this.#request({ method: "restart-engine" }, signal);
  }

  async shutdown(signal: AbortSignal): Promise<void> {
    await this.#request({ method: "shutdown" }, signal);
  }

  [Symbol.dispose](): void {
    this.#stream.close();
  }

  async #request(body: RequestBody, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    if (this.#isClosed) throw gone(body.method);
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(id, answer);
    const abort = () => answer.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.#send({ id, ...body });
      return await answer.promise;
    } catch (error) {
      throw error === STREAM_ENDED ? gone(body.method) : error;
    } finally {
      this.#pending.delete(id);
      signal.removeEventListener("abort", abort);
    }
  }

  #send(request: AgentRequest): void {
    const write = this.#lastWrite.then(() => this.#stream.write(encodeJsonLine(request)));
    // A stream that cannot be written to ends for its reader as well, who then fails all requests.
    this.#lastWrite = write.catch(() => {});
  }

  async #read(): Promise<void> {
    try {
      for await (const value of readJsonLines(this.#stream, RPC_LIMITS.lineBytes)) this.#take(value);
    } catch (error) {
      this.#handlers.log("debug", "agent.rpc.ended", { reason: String(error) });
    } finally {
      this.#isClosed = true;
      this.#stream.close();
      for (const { reject } of this.#pending.values()) reject(STREAM_ENDED);
    }
  }

  #take(value: unknown): void {
    if (!isAgentMessage(value)) {
      this.#episodes.log("warn", "agent.rpc.unknown", { message: JSON.stringify(value).slice(0, 200) });
      return;
    }
    switch (value.kind) {
      case "hello":
        return this.#hello(value);
      case "state":
        this.#state = value.state;
        if (value.start !== undefined) this.#handlers.onStart?.(value.start);
        return this.#handlers.onState(value.state);
      case "log":
        return this.#handlers.onLog(value.line);
      case "response": {
        const pending = this.#pending.get(value.id);
        if (value.error === undefined) pending?.resolve(value.result);
        else pending?.reject(new WindlassError("WL_AGENT_REFUSED", value.error));
      }
    }
  }

  #hello(hello: HelloMessage): void {
    const { agentVersion, kernel, processId } = hello;
    this.#handlers.log("info", "agent.hello", { agentVersion, kernel, processId });
    for (const problem of hello.kernelProblems.slice(0, RPC_LIMITS.kernelProblems)) {
      this.#handlers.log("warn", "agent.kernel", { problem });
    }
    this.#handlers.onHello?.(hello);
  }
}

/** Stands for the end of the stream until it is known which request it hit. */
const STREAM_ENDED = Symbol("the stream has ended");

function gone(method: string): WindlassError {
  return new WindlassError(
    "WL_AGENT_GONE",
    `Cannot ask the agent for '${method}': its control stream has ended`,
  );
}

function unexpected(method: string): WindlassError {
  return new WindlassError(
    "WL_AGENT_REFUSED",
    `Cannot use the agent's answer to '${method}': it has another form`,
  );
}
