import { problemOf } from "../errors/problem_of.ts";
import type { Problem, Status } from "../api/schemas.ts";
import type { LogFields } from "../logging/log.ts";
import { LogFile } from "../logging/log_file.ts";
import { LogStore } from "../logging/log_store.ts";
import { EnginePorts } from "../ports/engine_ports.ts";
import { PublishedPorts } from "../ports/published_ports.ts";
import { Redactor } from "../logging/redactor.ts";
import { RelayGroup } from "../relay/relay_group.ts";
import { durationMilliseconds } from "../settings/duration.ts";
import { settingsSchema } from "../settings/settings_schema.ts";
import { VERSION } from "../version.ts";
import { Engine } from "./engine.ts";
import { AgentClients, CLIENT_TARGET } from "./agent_clients.ts";
import { type DockerEndpoints, openDockerEndpoints } from "./docker_endpoints.ts";
import { type EngineState, engineStatus, engineWarnings } from "./engine_state.ts";
import type { Home } from "./home.ts";
import { hostDiagnostics } from "./host_diagnostics.ts";
import { IdleWatch } from "./idle_watch.ts";
import { openInstanceDistros } from "./instance_distros.ts";
import { followSettings, type InstanceSettingsOptions, openInstanceSettings } from "./instance_settings.ts";
import { thisMachine } from "./machine.ts";
import { serveApi } from "./serve_api.ts";
import { claimHome } from "./single_instance.ts";
import { startWarnings } from "./start_warnings.ts";
import { StatusBoard } from "./status_board.ts";
import { oncePerCode } from "./status_warnings.ts";

/** What the log says of a state. Pure. */
function stateForLog(state: EngineState): LogFields {
  if (state.kind === "failed") return { kind: state.kind, reason: state.problem.message };
  return "stage" in state ? { kind: state.kind, stage: state.stage } : { kind: state.kind };
}

/** A running host. Disposing it stops the engine and closes everything. */
export interface Host extends AsyncDisposable {
  /** Resolves when somebody has asked the host to end. */
  readonly stopRequested: Promise<void>;
}

/** What the host is made of. */
export interface HostOptions {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** Docker's configuration folder, which the default home gets its context into; none if it is not known. */
  readonly dockerConfig: string | undefined;
}

/**
 * Starts the host. When it resolves, clients can connect; the first request starts the engine, and waits for it.
 *
 * @throws {WindlassError} `WL_HOST_RUNNING` or `WL_SOCKET_BUSY`; nothing is left behind then.
 */
export async function startHost({ home, executable, dockerConfig }: HostOptions): Promise<Host> {
  await using started = new AsyncDisposableStack();
  started.use(await claimHome(home));
  const redactor = new Redactor();
  const logs = new LogStore(started.use(await LogFile.open(home.logDirectory)), redactor);
  const log = logs.logOf("host");
  log("info", "host.starting", { version: VERSION, pid: Deno.pid, executable });

  const settingsOptions: InstanceSettingsOptions = {
    home,
    executable,
    dockerConfig,
    checkDaemonOptions: (options, signal) => engine.checkDaemonOptions(options, signal),
  };
  const settings = await openInstanceSettings(settingsOptions);
  logs.level = settings.values["log.level"];
  for (const { message } of settings.problems) log("warn", "settings.problem", { reason: message });
  const idleMilliseconds = () => durationMilliseconds(settings.values["engine.idleTimeout"]);
  const machine = await thisMachine();
  const wsl = machine.wsl(executable, home);
  const distros = await openInstanceDistros({ wsl, home, executable, log });
  let endpoints: DockerEndpoints | undefined = undefined;
  let startProblems: Problem[] = [];
  const status = (): Status => ({
    version: VERSION,
    host: { pid: Deno.pid },
    engine: engineStatus(engine.state, {
      dockerHost: home.dockerHost,
      listening: [...endpoints?.listening ?? []],
      keptBy: [...idle.keptBy],
      stopsAt: idle.stopsAt?.toISOString() ?? null,
    }),
    distro: { name: distros.engineName, rootfs: distros.rootfsId },
    warnings: oncePerCode([
      ...endpoints?.warnings ?? [],
      ...startProblems,
      ...settings.problems.map(problemOf),
      ...engineWarnings(engine.state),
    ]),
  });
  const board = new StatusBoard(status);
  let lastTold: LogFields = {};
  const clients = new AgentClients();
  const ports = new PublishedPorts({ log, defaultAddress: () => settings.values["ports.defaultAddress"] });
  /** Of this machine, and never to be reached from a container. */
  const ownPorts = new Set<number>();
  const engine = new Engine({
    wsl,
    distros,
    log,
    daemonOptions: () => settings.values["engine.daemonOptions"],
    onLine: (line) => logs.add(line),
    serveAgent: (openTarget) => {
      const served = new EnginePorts({
        ports,
        openTarget,
        isOwnPort: (port) => ownPorts.has(port),
        log,
      });
      return (stream) => stream.target === CLIENT_TARGET ? clients.offer(stream) : served.accept(stream);
    },
    onState: (state) => {
      const told = stateForLog(state);
      // An import reports its bytes many times a second: for the followers, not for the log.
      if (JSON.stringify(told) !== JSON.stringify(lastTold)) log("info", "engine.state", told);
      lastTold = told;
      idle.look();
      board.change();
    },
  });
  const relays = new RelayGroup({
    openUpstream: (signal) => engine.connect(signal),
    translatePath: machine.translatePath(home),
    requestEnded: (request) => idle.requestEnded(request),
    log,
  });
  const idle = started.use(
    new IdleWatch({
      idleMilliseconds,
      isRunning: () => engine.state.kind === "running",
      requests: () => relays.activeRequests(),
      askUse: (signal) => engine.use(signal),
      stop: () => {
        log("info", "engine.idle", { afterMilliseconds: idleMilliseconds() });
        relays.letGo();
        return engine.stop();
      },
      onChange: () => board.change(),
    }),
  );
  started.use(relays.start(clients));
  endpoints = started.use(
    await openDockerEndpoints({
      endpoints: machine.endpoints(home),
      serve: (listener) => relays.start(listener),
      log,
      onChange: () => board.change(),
    }),
  );
  started.defer(() => engine.close());
  startProblems = await startWarnings({ machine, home, dockerConfig, log });
  startProblems.push(...(await followSettings(settingsOptions, settings.values)).map(problemOf));

  const stopRequested = Promise.withResolvers<void>();
  const followers = new AbortController();
  const restartEngine = async () => {
    await engine.stop();
    engine.start();
  };
  const { address } = started.use(
    await serveApi({
      addressFile: home.apiAddressFile,
      dependencies: {
        status,
        statusChanges: (signal) => board.follow(AbortSignal.any([signal, followers.signal])),
        logTail: (lines, filter) => logs.tail(lines, filter),
        logFollow: (signal, lines, filter) =>
          logs.follow(AbortSignal.any([signal, followers.signal]), lines, filter),
        startEngine: () => engine.start(),
        stopEngine: () => void engine.stop(),
        restartEngine: () => void restartEngine(),
        diagnostics: () => hostDiagnostics({ home, wsl, status, redactor }),
        stop: () => stopRequested.resolve(),
        ports: () => ({ ports: ports.list() }),
        settings: () => settings.entries,
        settingsSchema,
        async changeSettings(changes, signal) {
          const entries = await settings.change(changes, signal);
          log("info", "settings.changed", { keys: Object.keys(changes).join(" ") });
          logs.level = settings.values["log.level"];
          idle.look();
          board.change();
          return entries;
        },
      },
    }),
  );
  redactor.hide(address.token);
  ownPorts.add(Number(new URL(address.url).port));
  log("info", "host.started", { dockerHost: home.dockerHost, api: address.url });

  const owned = started.move();
  return {
    stopRequested: stopRequested.promise,
    async [Symbol.asyncDispose]() {
      // The engine before the sockets: whoever follows the state sees it stop, and requests end with it.
      await engine.close();
      followers.abort();
      await owned.disposeAsync();
    },
  };
}
