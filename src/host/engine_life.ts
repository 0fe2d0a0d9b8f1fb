import { agentCommand, type DaemonConfiguration } from "../agent/daemon_options.ts";
import { type AgentClient, connectAgent } from "../agent/agent_client.ts";
import type { EngineState as AgentEngineState, EngineUse } from "../agent/rpc_messages.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Log, LogLine } from "../logging/log.ts";
import type { MuxError } from "../mux/mux_error.ts";
import { type IncomingStream, type MuxSession, openMuxSession } from "../mux/mux_session.ts";
import type { Duplex } from "../streams/duplex.ts";
import type { Wsl, WslExit, WslProcess } from "../wsl/wsl.ts";

/** The program of the engine distro whose stdin and stdout are the link. */
const AGENT = "/usr/lib/windlass/agent";
/** dockerd's socket inside the engine distro. */
const DOCKER_SOCKET = "unix:/run/docker.sock";
/**
 * The agent's own limit for a stop is 30 s plus the end of containerd; one that takes longer than this hangs,
 * and the distro is terminated over it.
 */
const SHUTDOWN_MILLISECONDS = 45_000;

/**
 * How long a start may stay silent: the virtual machine, the distro, and the lock of WSL that both wait for. A wsl that
 * says nothing for longer hangs, and another one may do better.
 */
const START_MILLISECONDS = 180_000;

/** How long a session that broke waits for the exit of its process, which may tell more. */
const EXIT_MILLISECONDS = 1_000;

/** What one life of the engine needs. */
export interface EngineLifeOptions {
  readonly wsl: Pick<Wsl, "spawn" | "terminate">;
  readonly engineDistro: string;
  /** Resolves if the data distro cannot be kept, which ends every life. */
  readonly dataLost: Promise<WindlassError>;
  /** The user's options for dockerd. */
  readonly daemonOptions: DaemonConfiguration;
  readonly log: Log;
  /** Lines of the agent and of dockerd. */
  readonly onLine: (line: LogLine) => void;
  readonly onState: (state: AgentEngineState) => void;
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
  connect(): Duplex;
  /** What dockerd is in use for, beside the connections opened here. Rejects while it does not answer. */
  use(signal: AbortSignal): Promise<EngineUse>;
  /** What dockerd says against these options, as it ends a sentence; nothing if it would take them. */
  checkDaemonOptions(options: DaemonConfiguration, signal: AbortSignal): Promise<string | undefined>;
  /** Stops dockerd, then the agent. Terminates the distro if that takes too long. */
  shutDown(): Promise<void>;
}

/** Starts everything at once; what each part waits for is its own business. */
export function openEngineLife(options: EngineLifeOptions): EngineLife {
  const { wsl, engineDistro, log } = options;
  const link = wsl.spawn({
    distro: engineDistro,
    argv: agentCommand(AGENT, options.daemonOptions),
    onStderrLine: (line) =>
      options.onLine({ time: new Date().toISOString(), level: "warn", source: "agent", event: line }),
  });
  const serve = options.serveAgent?.((target) => session.open(target));
  const session: MuxSession = openMuxSession(link.link, {
    role: "host",
    accept: serve ?? ((stream) => stream.refuse("the host serves no streams")),
    log,
  });
  const start = startLimit(options);
  const onState = (state: AgentEngineState) => {
    start[Symbol.dispose]();
    options.onState(state);
  };
  const agent = connectAgent(session, { onState, onLog: options.onLine, log });
  const ended = Promise.race([
    options.dataLost,
    start.missed,
    link.exited.then(reasonOfExit),
    session.closed.then((error) => reasonOfSession(error, link)),
  ]);
  return {
    ended,
    connect: () => session.open(DOCKER_SOCKET),
    use: (signal) => agent.use(signal),
    checkDaemonOptions: (wanted, signal) => agent.checkDaemonOptions(wanted, signal),
    shutDown: () => shutDown(agent, link, options),
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
    const state = `the distro '${engineDistro}' says nothing for ${startMilliseconds / 1000} s`;
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

async function shutDown(agent: AgentClient, link: WslProcess, options: EngineLifeOptions): Promise<void> {
  const limit = AbortSignal.timeout(SHUTDOWN_MILLISECONDS);
  try {
    await agent.shutdown(limit);
    await Promise.race([link.exited, rejectWith(limit)]);
  } catch (error) {
    options.log("warn", "engine.shutdown.forced", { reason: String(error) });
  }
}

function rejectWith(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

async function dispose(session: MuxSession, link: WslProcess): Promise<void> {
  await using stack = new AsyncDisposableStack();
  stack.use(link);
  stack.use(session); // first: no stream may outlive the session, no session the link
}
