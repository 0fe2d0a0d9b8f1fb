/**
 * The agent: what runs inside the engine distro. It is started by /usr/lib/windlass/agent in the engine's network
 * namespace, talks with the host over stdin and stdout, and keeps dockerd running until the host is gone. With the
 * argument `rehearse`, it only tries the distro out (/usr/lib/windlass/rehearse).
 *
 * Exit status: 0 after an orderly end; 5 after a defect.
 */
import { surviveDefects } from "../errors/survive_defects.ts";
import { isAtLeast, type LogFields, type LogLevel } from "../logging/log.ts";
import { connectionLimits } from "../overload/connection_limits.ts";
import { DataConnections } from "../overload/data_connections.ts";
import { ALWAYS_IN_USE_BYTES, MemoryWatch } from "../overload/memory_watch.ts";
import { giveBackMemoryOnLinux } from "../platform/linux/memory.ts";
import { descriptorLimitOnLinux } from "../platform/linux/descriptor_limit.ts";
import { type MuxSession, openMuxSession } from "../mux/mux_session.ts";
import { openStdioDuplex } from "../streams/stdio_duplex.ts";
import { sleep } from "../timing/sleep.ts";
import { VERSION } from "../version.ts";
import { StreamAcceptor } from "./streams/accept_streams.ts";
import { DaemonOptions, daemonOptionsOfAgent, daemonOptionsProblem } from "./engine/daemon_options.ts";
import { baseConfiguration, createEngineMachine } from "./engine/engine_machine.ts";
import { CertificateBundle } from "./certificates/certificate_bundle.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { readEngineUse } from "./engine/read_use.ts";
import { EngineSupervisor } from "./engine/engine_supervisor.ts";
import { makeExpectedFiles } from "./engine/expected_files.ts";
import { hasPath } from "./engine/has_path.ts";
import { serveEngineGateway } from "./network/engine_gateway.ts";
import { readKernelProblems } from "./engine/kernel_problems.ts";
import { serveNames } from "./names/name_server.ts";
import { ResolverSource } from "./names/resolver_configuration.ts";
import { writeOwnNames } from "./names/hosts_file.ts";
import { ownNames } from "./names/own_names.ts";
import { readNetworkAddresses } from "./network/network_addresses.ts";
import { AskedPorts } from "./network/asked_ports.ts";
import { reportListeners } from "./network/scan_listeners.ts";
import { serveHostSockets } from "./streams/host_sockets.ts";
import { PortHolds } from "./network/port_holds.ts";
import { rehearse } from "./rehearse.ts";
import { RpcService } from "./streams/rpc_service.ts";
import { tuneKernel } from "./engine/tune_kernel.ts";
import { START_RESTING_VARIABLE, TUNE_KERNEL_VARIABLE } from "./protocol/agent_command.ts";
import { NETWORK_SCRIPT } from "./protocol/distro_paths.ts";
import type { EngineUse } from "./protocol/rpc_messages.ts";
import { tuneNetwork } from "./network/tune_network.ts";
import { StartClock } from "./start_clock.ts";
import { trustCodeCache } from "./trust_code_cache.ts";
import { LazyWorkspaces } from "./workspaces/lazy_workspaces.ts";

const DEFECT_STATUS = 5;
/** What dockerd is used for that does not run. */
const UNUSED: EngineUse = { containers: [], containerCount: 0, swarm: false, localClients: 0 };

async function main(): Promise<void> {
  const startClock = new StartClock();
  const leave = new AbortController();
  const network = readNetworkAddresses();
  const nameSource = new ResolverSource(network?.nameServer);
  /** A predecessor has left nothing any more. */
  const cleared = Promise.withResolvers<void>();
  const dockerdStarts = Promise.withResolvers<void>();
  const cleaned = Promise.withResolvers<void>();
  const asked = new AskedPorts();
  const limits = connectionLimits(descriptorLimitOnLinux());
  const holds = new PortHolds(limits.heldPorts);
  /** All lines, until the host has said which ones it keeps. */
  let leastLevel: LogLevel = "debug";

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
      streams: streams.report(),
      memoryBytes: Deno.memoryUsage().rss,
    }),
    start: () => startClock.report(),
    use: async () => ({ ...await readUse(), ...workspaces.use() }),
    checkDaemonOptions: (options) => daemonOptionsProblem(options, baseConfiguration()),
    hasPath,
    setCertificates: (pem, forContainers) => certificates.set(pem, forContainers),
    setLogLevel: (wanted) => void (leastLevel = wanted),
    holdPorts: (ports, milliseconds) => holds.hold(ports, milliseconds),
    workspaces: {
      serve: (list) => workspaces.serve(list),
      rest: () => workspaces.rest(),
      resolvePath: (...path) => workspaces.resolvePath(...path),
      prepareStart: (container, signal) => workspaces.prepareStart(container, signal),
    },
    restart: () => supervisor.restart(),
    shutdown: () => {
      leave.abort();
      return cleaned.promise;
    },
  }, log);
  function log(level: LogLevel, event: string, fields?: LogFields): void {
    if (!log.keeps(level)) return;
    const time = new Date().toISOString();
    rpc.sendLog({ time, level, source: "agent", event, ...(fields === undefined ? {} : { fields }) });
  }
  log.keeps = (level: LogLevel) => isAtLeast(level, leastLevel);
  surviveDefects((reason) => log("error", "agent.defect", { reason }));
  const certificates: CertificateBundle = new CertificateBundle({
    isDockerdRunning: () => supervisor.state.kind === "running" || supervisor.state.kind === "starting",
    log,
  });
  certificates.prepare();
  const whenRunning = async (signal: AbortSignal) => {
    await Promise.all([supervisor.whenRunning(signal), certificates.arrived(signal)]);
  };
  const supervisor: EngineSupervisor = new EngineSupervisor({
    machine: createEngineMachine(
      log,
      new DaemonOptions(daemonOptionsOfAgent(), network),
      (servers) => nameSource.useServers(servers),
      (signal) => workspaces.prepare(signal),
      () => certificates.environment(),
    ),
    startResting: Deno.env.has(START_RESTING_VARIABLE),
    log,
    onLine: (line) => rpc.sendLog(line),
    onState: (state) => {
      startClock.entered(state);
      // Not before: the firewall's program would be taken for one of the last engine's, and ended.
      if (state.kind !== "preparing" || state.stage !== "leftovers") cleared.resolve();
      if (state.kind === "starting" || state.kind === "resting") dockerdStarts.resolve();
      if (state.kind === "running") trustCodeCache();
      rpc.sendState(state);
    },
  });
  const session = Promise.withResolvers<MuxSession>();
  const workspaces: LazyWorkspaces = new LazyWorkspaces({
    session: session.promise,
    cleared: cleared.promise,
    whenRunning,
    rest: () => supervisor.rest(),
    addsCertificates: () => certificates.forContainers,
    isResting: () => supervisor.state.kind === "resting",
    maximumClients: limits.workspaceClients,
    log,
  });
  /** One that rests has no containers. */
  const readUse = async (): Promise<EngineUse> =>
    supervisor.state.kind === "resting" ? UNUSED : await readEngineUse(
      streams.openToDocker + workspaces.openToDocker,
      AbortSignal.timeout(AGENT_LIMITS.useMilliseconds),
    );
  const connections = new DataConnections(limits);
  const streams: StreamAcceptor = new StreamAcceptor({
    whenRunning,
    serveRpc: (stream) => rpc.serve(stream),
    connections,
    log,
    signal: leave.signal,
  });

  // The hang-up comes from WSL when the `wsl` process of the link was killed; the end of the link means the same.
  for (const name of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
    Deno.addSignalListener(name, () => leave.abort());
  }
  // dockerd looks names up as soon as it runs.
  if (network !== undefined) writeOwnNames(ownNames(network), log);
  const over = supervisor.run(leave.signal);
  // What follows is loaded and done beside dockerd, not in front of it.
  await Promise.race([dockerdStarts.promise, sleep(AGENT_LIMITS.linkDelayMilliseconds, leave.signal)]);
  const link = openMuxSession(await openStdioDuplex(), {
    role: "agent",
    accept: (stream) => streams.accept(stream),
    worked: new MemoryWatch({ giveBack: giveBackMemoryOnLinux, inUseBytes: ALWAYS_IN_USE_BYTES, log }).worked,
    log,
  });
  link.closed.then(() => leave.abort());
  session.resolve(link);
  serveHostSockets({ session: link, limits, ports: asked, log });
  makeExpectedFiles(log);
  reportListeners(
    link,
    (protocol, port) => asked.has(protocol, port) || holds.has(protocol, port),
    log,
    leave.signal,
  );
  if (Deno.env.has(TUNE_KERNEL_VARIABLE)) tuneKernel(log);
  if (network !== undefined) {
    tuneNetwork(log);
    serveNames({ address: network.nameServer, ownNames: ownNames(network), source: nameSource, log });
    // Not before: the firewall's program would be taken for one of the last engine's, and ended.
    cleared.promise.then(() => serveEngineGateway({ session: link, network, connections, log }));
  }

  leave.signal.addEventListener("abort", () => void workspaces.closeSockets());
  await over;
  await workspaces.close();
  await removeNetwork();
  cleaned.resolve();
  await rpc.flushed();
  await link.close();
}

async function tell(text: string): Promise<void> {
  const writer = Deno.stdout.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
}

/** The namespace itself ends with this process; its traces outside do not. */
async function removeNetwork(): Promise<void> {
  await new Deno.Command("/bin/sh", {
    args: ["-c", `. ${NETWORK_SCRIPT}; network_down`],
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
