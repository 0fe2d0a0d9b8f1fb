import { type AgentClient, connectAgent } from "../../src/host/engine/agent_client.ts";
import { agentCommand } from "../../src/agent/protocol/agent_command.ts";
import type { DockerdState } from "../../src/agent/protocol/dockerd_state.ts";
import { type LogLine, NO_LOG } from "../../src/logging/log.ts";
import { type IncomingStream, type MuxSession, openMuxSession } from "../../src/mux/mux_session.ts";
import { joinStreams } from "../../src/streams/join_streams.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import type { Wsl, WslExit, WslProcess } from "../../src/wsl/wsl.ts";
import { ENGINE_DISTRO } from "./engine_distro.ts";
import { eventually } from "./eventually.ts";
import { AGENT_PROGRAM } from "../../src/agent/protocol/distro_paths.ts";
import { formatTarget } from "../../src/agent/protocol/stream_target.ts";

/** An agent that was started, as the host sees it. */
export interface AgentLink extends AsyncDisposable {
  readonly agent: AgentClient;
  readonly session: MuxSession;
  readonly process: WslProcess;
  /** All states and lines that it told, in order. */
  readonly states: readonly DockerdState[];
  readonly lines: readonly LogLine[];
  /** Lines that came on stderr. */
  readonly complaints: readonly string[];
  /** Resolves when Docker runs. */
  running(): Promise<void>;
  /** Ends the link, as a host does that is gone; resolves to how the agent ended. */
  hangUp(): Promise<WslExit>;
}

/** How an agent is started. */
export interface StartAgentOptions {
  readonly distro?: string;
  /** `NAME=value`, as the host gives them. */
  readonly variables?: readonly string[];
  /** Serves a stream that the agent has opened; says whether it does. */
  readonly serve?: (stream: IncomingStream) => boolean;
}

/** Starts the agent in the engine distro, and talks to it as the host does. */
export function startAgent(wsl: Wsl, options: StartAgentOptions = {}): AgentLink {
  const { distro = ENGINE_DISTRO, variables = [], serve = () => false } = options;
  const states: DockerdState[] = [];
  const lines: LogLine[] = [];
  const complaints: string[] = [];
  const process = wsl.spawn({
    distro,
    argv: agentCommand(AGENT_PROGRAM, {}, variables),
    onStderrLine: (line) => complaints.push(line),
  });
  const session: MuxSession = openMuxSession(process.link, {
    role: "host",
    accept: (stream) => {
      if (serve(stream)) return;
      if (stream.target === formatTarget({ kind: "client" })) serveClient(stream, session);
      else grantPort(stream);
    },
    log: NO_LOG,
  });
  const agent = connectAgent(session, {
    onState: (state) => states.push(state),
    onLog: (line) => lines.push(line),
    log: NO_LOG,
  });
  // First thing in each life: Docker's clients wait for it.
  agent.setCertificates("", false, NEVER).catch(() => {}); // an agent that ends before is what some tests are about
  const running = () =>
    eventually(() => {
      if (agent.state?.kind === "running") return;
      const told = lines.slice(-20).map((line) => `${line.source} ${line.level} ${line.event}`);
      throw new Error(
        `Docker does not run: ${JSON.stringify(agent.state)}\n${[...complaints, ...told].join("\n")}`,
      );
    });
  return {
    agent,
    session,
    process,
    states,
    lines,
    complaints,
    running,
    hangUp: async () => {
      await session.close();
      return await process.exited;
    },
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await process[Symbol.asyncDispose]();
    },
  };
}

/** Joins a client in the distro to dockerd as it is, where the host would translate its paths. */
function serveClient(stream: IncomingStream, session: MuxSession): void {
  joinStreams(stream.accept(), session.open(formatTarget({ kind: "docker" })));
}

/** Lets every port be published without opening any: what is tried here is the agent alone. */
function grantPort(stream: IncomingStream): void {
  if (stream.target === formatTarget({ kind: "port" })) {
    stream.accept().write(new TextEncoder().encode("0\n")).catch(() => {});
  } else stream.refuse("none");
}

/** One request to Docker through the link: the whole answer as text. */
export async function askDocker(session: MuxSession, path: string): Promise<string> {
  using stream = session.open(formatTarget({ kind: "docker" }));
  await stream.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n`),
  );
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
    text += decoder.decode(bytes);
  }
  return text;
}
