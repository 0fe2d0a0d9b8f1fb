/**
 * The agent: what runs inside the engine distro. It is started by /usr/lib/windlass/agent in the engine's network
 * namespace, talks with the host over stdin and stdout, and keeps dockerd running until the host is gone. With the
 * argument `rehearse`, it only tries the distro out (/usr/lib/windlass/rehearse).
 *
 * Exit status: 0 after an orderly end, whoever asked for it; 5 after a defect.
 */
import type { LogFields, LogLevel } from "../logging/log.ts";
import { openMuxSession } from "../mux/mux_session.ts";
import { stdioDuplex } from "../streams/stdio_duplex.ts";
import { VERSION } from "../version.ts";
import { StreamAcceptor } from "./accept_streams.ts";
import { DaemonOptions, daemonOptionsOfAgent, daemonOptionsProblem } from "./daemon_options.ts";
import { baseConfiguration, createEngineMachine } from "./engine_machine.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { readEngineUse } from "./engine_use.ts";
import { EngineSupervisor } from "./engine_supervisor.ts";
import { serveHostServices } from "./host_services.ts";
import { readKernelProblems } from "./kernel_problems.ts";
import { serveNames } from "./name_server.ts";
import { readNetworkAddresses } from "./network_addresses.ts";
import { tellListeners } from "./network_listeners.ts";
import { serveHostSockets } from "./host_sockets.ts";
import { rehearse } from "./rehearse.ts";
import { RpcService } from "./rpc_service.ts";
import { tuneNetwork } from "./tune_network.ts";

const DEFECT_STATUS = 5;

async function main(): Promise<void> {
  const leave = new AbortController();
  const cleaned = Promise.withResolvers<void>();

  const rpc: RpcService = new RpcService({
    hello: () => ({
      kind: "hello",
      agentVersion: VERSION,
      kernel: Deno.osRelease(),
      kernelProblems: readKernelProblems(),
      processId: Deno.pid,
    }),
    status: () => ({
      state: supervisor.state,
      openStreams: streams.open,
      memoryBytes: Deno.memoryUsage().rss,
    }),
    use: () => readEngineUse(streams.openToDocker, AbortSignal.timeout(AGENT_LIMITS.useMilliseconds)),
    checkDaemonOptions: (options) => daemonOptionsProblem(options, baseConfiguration()),
    restart: () => supervisor.restart(),
    shutdown: () => {
      leave.abort();
      return cleaned.promise;
    },
  }, log);
  function log(level: LogLevel, event: string, fields?: LogFields): void {
    const time = new Date().toISOString();
    rpc.tellLine({ time, level, source: "agent", event, ...(fields === undefined ? {} : { fields }) });
  }
  const supervisor: EngineSupervisor = new EngineSupervisor({
    machine: createEngineMachine(log, new DaemonOptions(daemonOptionsOfAgent())),
    log,
    onLine: (line) => rpc.tellLine(line),
    onState: (state) => {
      // Not before: the firewall's program would be taken for one of the last engine's, and ended.
      if (state.kind !== "preparing" || state.stage !== "leftovers") carryToHost();
      rpc.tellState(state);
    },
  });
  const streams: StreamAcceptor = new StreamAcceptor({
    whenRunning: (signal) => supervisor.whenRunning(signal),
    serveRpc: (stream) => rpc.serve(stream),
    log,
    signal: leave.signal,
  });

  // The hang-up comes from WSL when the `wsl` process of the link was killed; the end of the link means the same.
  for (const name of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    Deno.addSignalListener(name, () => leave.abort());
  }
  const over = supervisor.run(leave.signal);
  const session = openMuxSession(stdioDuplex(), {
    role: "agent",
    accept: (stream) => streams.accept(stream),
    log,
  });
  session.closed.then(() => leave.abort());
  serveHostSockets(session, log);
  tellListeners(session, log, leave.signal);
  const network = readNetworkAddresses();
  if (network !== undefined) {
    tuneNetwork(log);
    serveNames({ address: network.nameServer, hostAddress: network.host, log });
  }
  let carries = network === undefined;
  function carryToHost(): void {
    if (!carries && network !== undefined) serveHostServices({ session, address: network.host, log });
    carries = true;
  }

  await over;
  await removeNetwork();
  cleaned.resolve();
  await rpc.flushed();
  await session.close();
}

async function tell(text: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
}

/** The namespace itself ends with this process; its traces outside do not. */
async function removeNetwork(): Promise<void> {
  await new Deno.Command("/bin/sh", {
    args: ["-c", ". /usr/lib/windlass/engine-network.sh; network_down"],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).output();
}

try {
  if (Deno.args[0] === "rehearse") await tell(`${JSON.stringify(await rehearse())}\n`);
  else await main();
  // A read from stdin that still waits would keep the process.
  Deno.exit(0);
} catch (error) {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`windlass-agent: ${text}\n`));
  Deno.exit(DEFECT_STATUS);
}
