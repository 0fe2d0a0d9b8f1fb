import {
  agentCommand,
  type DaemonConfiguration,
  START_RESTING_VARIABLE,
  TUNE_KERNEL_VARIABLE,
} from "../../agent/protocol/agent_command.ts";
import { type AgentClient, connectAgent } from "./agent_client.ts";
import type { EngineUse, HeldPort } from "../../agent/protocol/rpc_messages.ts";
import type { AgentStart } from "../../agent/protocol/start_marks.ts";
import type { Workspace } from "../../agent/protocol/workspace_messages.ts";
import type { DockerdState, StopWait } from "../../agent/protocol/dockerd_state.ts";
import { AGENT_PROGRAM } from "../../agent/protocol/distro_paths.ts";
import { stopMilliseconds } from "../../agent/protocol/stop_limit.ts";
import { formatTarget } from "../../agent/protocol/stream_target.ts";
import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log, LogLevel, LogLine } from "../../logging/log.ts";
import type { MuxError } from "../../mux/mux_error.ts";
import { type IncomingStream, type MuxSession, openMuxSession } from "../../mux/mux_session.ts";
import type { EngineHas } from "../../relay/paths/translate_path.ts";
import type { Duplex } from "../../streams/duplex.ts";
import type { Upstream } from "../../relay/upstream.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../../platform/operating_system.ts";
import { aborted, NEVER, sleep } from "../../timing/sleep.ts";
import { type LinkReport, reportLink } from "./link_report.ts";
import { wakeDocker } from "./wake_docker.ts";
import type { Wsl, WslExit, WslProcess } from "../../wsl/wsl.ts";

/** On Windows the kernel serves nothing but WSL, so the agent may set it up; on Linux it is the machine's. */
const KERNEL_VARIABLES: Readonly<Record<OperatingSystem, readonly string[]>> = {
  linux: [],
  windows: [`${TUNE_KERNEL_VARIABLE}=1`],
};
/**
 * The agent's own limit for a stop is 30 s plus the end of containerd; one that takes longer than this hangs,
 * and the distro is terminated over it. Where containers have asked for more time, the agent says so.
 */
const SHUTDOWN_MILLISECONDS = 45_000;
/** What the agent may take beyond the longest wait of a stop. */
const SHUTDOWN_MARGIN_MILLISECONDS = 15_000;

/**
 * How long a start may stay silent: the virtual machine, the distro, and the lock of WSL that both wait for. A wsl that
 * says nothing for longer hangs, and another one may do better.
 */
const START_MILLISECONDS = 180_000;

/** A look at one path of the distro; a request is not kept longer for an agent that says nothing. */
const PATH_MILLISECONDS = 10_000;

/** How long a session that broke waits for the exit of its process, which may tell more. */
const EXIT_MILLISECONDS = 1_000;

/** Dependencies of one life of the engine. */
export interface EngineLifeOptions {
  readonly wsl: Pick<Wsl, "spawn" | "terminate">;
  readonly engineDistro: string;
  /** Resolves if the data distro cannot be kept, which ends every life. */
  readonly dataLost: Promise<WindlassError>;
  /** The user's options for dockerd. */
  readonly daemonOptions: DaemonConfiguration;
  /** Whether dockerd is to start with the first client only. @default {false} */
  readonly rests?: boolean;
  readonly log: Log;
  /** Lines of the agent and of dockerd. */
  readonly onLine: (line: LogLine) => void;
  readonly onState: (state: DockerdState) => void;
  /** Called for each chunk of the link. */
  readonly worked?: (() => void) | undefined;
  /** Called with what the agent reports of its own start, which it does with each state. */
  readonly onAgentStart?: ((start: AgentStart) => void) | undefined;
  /** Replaces the limit of a silent start; for tests. */
  readonly startMilliseconds?: number;
  /** Serves the streams that the agent opens; `open` opens one the other way. */
  readonly serveAgent?: (open: MuxSession["open"]) => (stream: IncomingStream) => void;
}

/**
 * One life of the engine: the `wsl` process of the link, the mux over it, and the agent's control
 * stream. It begins with {@linkcode openEngineLife} and ends once, for the first reason.
 */
export interface EngineLife extends AsyncDisposable {
  /** Why it ended. Never rejects. */
  readonly ended: Promise<WindlassError>;
  /** A connection to dockerd. It waits inside the agent while dockerd starts. */
  connect(): Upstream;
  /** A connection to an address of the engine's network. A refusal shows at the first read. */
  connectContainer(address: string, port: number): Duplex;
  /** What passes over the link at the moment. Never rejects, even if the agent is stuck. */
  report(): Promise<LinkReport>;
  /** Has the agent send log lines of this level and above only. */
  setLogLevel(level: LogLevel): void;
  /** What uses dockerd, apart from the connections opened here. Rejects while it does not answer. */
  use(signal: AbortSignal): Promise<EngineUse>;
  /** What dockerd says against these options, as a lower-case clause; nothing if it would take them. */
  checkDaemonOptions(options: DaemonConfiguration, signal: AbortSignal): Promise<string | undefined>;
  /** See {@linkcode EngineHas}; `true` if the agent does not say. */
  readonly hasPath: EngineHas;
  /** Holds these ports, and no others, in the engine's network for a time. */
  holdPorts(ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal): Promise<void>;
  /** See {@linkcode AgentClient.setCertificates}. */
  setCertificates: AgentClient["setCertificates"];
  /** See {@linkcode AgentClient.serveWorkspaces}. */
  serveWorkspaces(workspaces: readonly Workspace[], signal: AbortSignal): Promise<void>;
  /** See {@linkcode AgentClient.resolveWorkspacePath}. */
  resolveWorkspacePath: AgentClient["resolveWorkspacePath"];
  /** See {@linkcode AgentClient.prepareStart}. */
  prepareStart: AgentClient["prepareStart"];
  /** Stops dockerd and leaves the agent, which starts it again for the next client. Rejects if one came meanwhile. */
  rest(signal: AbortSignal): Promise<void>;
  /** Starts dockerd again. Returns at once; that it does not start, the state says. */
  wake(): void;
  /** Stops dockerd, then the agent. Gives up if that takes too long, or as soon as `force` is aborted. */
  shutDown(force: AbortSignal): Promise<void>;
}

/** Starts everything at once; each part waits for what it needs. */
export function openEngineLife(options: EngineLifeOptions): EngineLife {
  const { wsl, engineDistro, log } = options;
  const link = wsl.spawn({
    distro: engineDistro,
    argv: agentCommand(AGENT_PROGRAM, options.daemonOptions, [
      ...KERNEL_VARIABLES[OPERATING_SYSTEM],
      ...options.rests === true ? [`${START_RESTING_VARIABLE}=1`] : [],
    ]),
    onStderrLine: (line) =>
      options.onLine({ time: new Date().toISOString(), level: "warn", source: "agent", event: line }),
  });
  log("debug", "engine.link.opened", { pid: link.pid, pipes: link.pipeAccess });
  const serve = options.serveAgent?.((target) => session.open(target));
  const session: MuxSession = openMuxSession(link.link, {
    role: "host",
    accept: serve ?? ((stream) => stream.refuse("the host serves no streams")),
    ...(options.worked === undefined ? {} : { worked: options.worked }),
    log,
  });
  const start = startLimit(options);
  const limit = new ShutdownLimit();
  const onState = (state: DockerdState) => {
    start[Symbol.dispose]();
    if (state.kind === "stopping") limit.allow(state.waits ?? []);
    options.onState(state);
  };
  const { onAgentStart: onStart, onLine: onLog } = options;
  const agent = connectAgent(session, { onState, onStart, onLog, log });
  const ended = Promise.race([
    options.dataLost,
    start.missed,
    link.exited.then(reasonOfExit),
    session.closed.then((error) => reasonOfSession(error, link)),
  ]);
  return {
    ended,
    connect: () => session.open(formatTarget({ kind: "docker" })),
    connectContainer: (hostname, port) => session.open(formatTarget({ kind: "tcp", hostname, port })),
    report: () => reportLink(session, agent),
    setLogLevel: (level) => void agent.setLogLevel(level, NEVER).catch(() => {}),
    use: (signal) => agent.use(signal),
    checkDaemonOptions: (wanted, signal) => agent.checkDaemonOptions(wanted, signal),
    hasPath: (path, signal, device) =>
      agent.hasPath(path, AbortSignal.any([signal, AbortSignal.timeout(PATH_MILLISECONDS)]), device).catch(
        (error) => {
          signal.throwIfAborted();
          log("debug", "engine.path.unknown", { path, reason: errorText(error) });
          return true;
        },
      ),
    holdPorts: (ports, milliseconds, signal) => agent.holdPorts(ports, milliseconds, signal),
    setCertificates: (...wanted) => agent.setCertificates(...wanted),
    serveWorkspaces: (workspaces, signal) => agent.serveWorkspaces(workspaces, signal),
    resolveWorkspacePath: (...wanted) => agent.resolveWorkspacePath(...wanted),
    prepareStart: (container, signal) => agent.prepareStart(container, signal),
    rest: (signal) => agent.rest(signal),
    wake: () => void wakeDocker(() => session.open(formatTarget({ kind: "docker" })), log),
    shutDown: (force) => shutDown({ agent, link, limit, force, log }),
    async [Symbol.asyncDispose]() {
      start[Symbol.dispose]();
      await dispose(session, link);
    },
  };
}

/** Resolves if the agent says nothing in time, unless disposed before. */
function startLimit(options: EngineLifeOptions): Disposable & { readonly missed: Promise<WindlassError> } {
  const { engineDistro, startMilliseconds = START_MILLISECONDS } = options;
  const { promise, resolve } = Promise.withResolvers<WindlassError>();
  const timer = setTimeout(() => {
    const state = `the distro '${engineDistro}' has not answered for ${startMilliseconds / 1000} s`;
    resolve(new WindlassError("WL_WSL_TIMEOUT", `Cannot start the engine: ${state}`));
  }, startMilliseconds);
  return { missed: promise, [Symbol.dispose]: () => clearTimeout(timer) };
}

function reasonOfExit(exit: WslExit): WindlassError {
  return exit.failure ?? linkEnded(`the agent ended with status ${exit.exitCode}`);
}

/** Where `wsl` itself fails, its error text breaks the session a moment before it exits; only the exit has a code. */
async function reasonOfSession(error: MuxError, link: WslProcess): Promise<WindlassError> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), EXIT_MILLISECONDS);
  const exit = await Promise.race([link.exited, late.promise]);
  clearTimeout(timer);
  return exit?.failure ?? linkEnded(error.message, error);
}

function linkEnded(state: string, cause?: unknown): WindlassError {
  return new WindlassError("WL_ENGINE_FAILED", `Cannot keep the engine running: ${state}`, { cause });
}

/** How long a stop may take, which the agent only knows once it is stopping. */
class ShutdownLimit {
  #milliseconds = SHUTDOWN_MILLISECONDS;
  #changed = new AbortController();

  allow(waits: readonly StopWait[]): void {
    if (waits.length === 0) return;
    this.#milliseconds = stopMilliseconds(waits, SHUTDOWN_MILLISECONDS) + SHUTDOWN_MARGIN_MILLISECONDS;
    this.#changed.abort();
  }

  /** Resolves when the time is over. */
  async passed(end: AbortSignal): Promise<void> {
    const start = performance.now();
    while (!end.aborted && performance.now() - start < this.#milliseconds) {
      this.#changed = new AbortController();
      const left = this.#milliseconds - (performance.now() - start);
      await sleep(left, AbortSignal.any([end, this.#changed.signal]));
    }
  }
}

async function shutDown({ agent, link, limit, force, log }: {
  readonly agent: AgentClient;
  readonly link: WslProcess;
  readonly limit: ShutdownLimit;
  readonly force: AbortSignal;
  readonly log: Log;
}): Promise<void> {
  const end = new AbortController();
  const over = AbortSignal.any([force, end.signal]);
  limit.passed(over).then(() => end.abort(new Error("it takes too long")));
  const reason = () => new Error(force.aborted ? "the containers are to be killed" : "it takes too long");
  try {
    await agent.shutdown(over);
    await Promise.race([link.exited, aborted(over).then(() => Promise.reject(reason()))]);
  } catch (error) {
    log("warn", "engine.shutdown.forced", { reason: over.aborted ? reason().message : String(error) });
  } finally {
    end.abort();
  }
}

async function dispose(session: MuxSession, link: WslProcess): Promise<void> {
  await using stack = new AsyncDisposableStack();
  stack.use(link);
  stack.use(session); // first: no stream may outlive the session, no session the link
}
