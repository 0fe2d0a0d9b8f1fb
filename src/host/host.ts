/** The long-running process of an instance: `startHost` puts its parts together, in the order in which they depend on each other. */
import { config } from "zod";
import { problemOf } from "../errors/problem_of.ts";
import { surviveDefects } from "../errors/survive_defects.ts";
import type { Log } from "../logging/log.ts";
import { LogFile } from "../logging/log_file.ts";
import { LogStore } from "../logging/log_store.ts";
import { Redactor } from "../logging/redactor.ts";
import { ALWAYS_IN_USE_BYTES, MemoryWatch } from "../overload/memory_watch.ts";
import { giveBackMemory } from "../platform/this_memory.ts";
import { OPERATING_SYSTEM } from "../platform/operating_system.ts";
import { openDockerEndpoints } from "./clients/docker_endpoints.ts";
import { controlDependencies } from "./control/control_dependencies.ts";
import { hostStatus } from "./control/host_status.ts";
import { serveApi } from "./control/serve_api.ts";
import { startWarnings } from "./control/start_warnings.ts";
import { StatusBoard } from "./control/status_board.ts";
import { EngineService } from "./engine/engine_service.ts";
import { openInstanceDistros } from "./engine/instance_distros.ts";
import { type HostEnd, HostEnding } from "./host_end.ts";
import type { Installation } from "./installation.ts";
import { openInstanceSettings } from "./instance_settings.ts";
import { thisMachine } from "./machine/this_machine.ts";
import { serviceFollowers } from "./settings_followers.ts";
import { cliConfigurations } from "./network/cli_configurations.ts";
import { HostNetwork } from "./network/host_network.ts";
import { NetworkService } from "./network/network_service.ts";
import { claimHome, homeReserve } from "./single_instance.ts";
import type { HostWorkspaces } from "./workspaces/host_workspaces.ts";
import { engineOfWorkspaces, openWorkspaces } from "./workspaces/open_workspaces.ts";
import { HostUpdates } from "./updates/host_updates.ts";
import { recoverUpdates, yieldHome } from "./updates/open_updates.ts";

/** A running host. Disposing it stops the engine and closes everything. */
export interface Host extends AsyncDisposable {
  /** Resolves when the host is to end. */
  readonly endRequested: Promise<void>;
  /** Why, as of now: a stop that comes after a switch wins. */
  readonly endReason: HostEnd;
  /** Makes its end kill the containers instead of waiting for them, even one under way. */
  forceStop(): void;
  /** Notes in the log that the system leaves little time for the end. */
  sessionEnds(): void;
}

/** The installation to run, and its user's Docker. */
export interface HostOptions {
  readonly installation: Installation;
  /** Docker's configuration folder, which gets the context of the default home; `undefined` if it is not known. */
  readonly dockerConfig: string | undefined;
  /** When the command was run that wants the engine at once; milliseconds since 1970. Without it, a request starts it. */
  readonly commandAt?: number | undefined;
}

/**
 * Starts the host. When it resolves, clients can connect; the first request starts the engine, and waits for it.
 *
 * @returns `hand-over` if the host of another version is to run instead; nothing is left behind then.
 * @throws {WindlassError} `WL_HOST_RUNNING` or `WL_SOCKET_BUSY`; nothing is left behind then.
 */
export async function startHost(
  { installation, dockerConfig, commandAt }: HostOptions,
): Promise<Host | "hand-over"> {
  // Compiling schemas begins with a look at `navigator`, which the runtime takes 20 ms to load. Ours parse small files.
  config({ jitless: true });
  const { home, executable, running } = installation;
  await using started = new AsyncDisposableStack();
  await yieldHome(installation);
  started.use(await claimHome(home));

  const redactor = new Redactor();
  const logs = new LogStore(started.use(await LogFile.open(home.logDirectory)), redactor);
  const log = logs.logOf("host");
  started.use(surviveDefects((reason) => log("error", "host.defect", { reason })));
  log("info", "host.starting", { version: running.version, id: running.id, pid: Deno.pid, executable });

  const found = await recoverUpdates({ installation, log });
  if (found?.recovery.handOver) return "hand-over";

  const settings = await openInstanceSettings({ installation, dockerConfig });
  logs.level = settings.values["log.level"];
  for (const { message } of settings.problems) log("warn", "settings.problem", { reason: message });

  const board = new StatusBoard();
  const memory = new MemoryWatch({ giveBack: giveBackMemory, inUseBytes: ALWAYS_IN_USE_BYTES, log });
  board.watch(memory.worked);
  const onChange = () => board.change();
  const ownPorts = new Set<number>(); // no container may reach them
  const machine = await thisMachine();
  const wsl = machine.wsl(executable, home);
  const isTrial = found?.recovery.trial !== undefined;
  const distros = await openInstanceDistros({ wsl, installation, isTrial, log });
  const workspaces = started.use(
    openWorkspaces({ wsl, machine, installation, distros, settings, log, onChange }),
  );
  const network = started.use(
    new HostNetwork({ settings, log, onChange }),
  );
  const service = started.use(
    new EngineService({
      wsl,
      distros,
      translatePath: (...engine) => machine.translatePath(home, () => distros.engineName, ...engine),
      settings,
      logs,
      isOwnPort: (port) => ownPorts.has(port),
      workspaces,
      network,
      worked: memory.worked,
      onChange,
    }),
  );
  // Ahead of all that the engine does not need: it starts meanwhile.
  if (commandAt !== undefined) service.startForCommand(commandAt);
  settings.follow(
    serviceFollowers({ engine: service.engine, idle: service.idle, logs, network, workspaces }),
  );
  const endpoints = started.use(
    await openDockerEndpoints({
      endpoints: machine.endpoints(home),
      serve: (listener) => service.relays.start(listener),
      log,
      onChange,
    }),
  );
  const seenNetwork = started.use(
    new NetworkService({
      network,
      room: service.room,
      settings,
      configurations: cliConfigurations({
        home,
        system: OPERATING_SYSTEM,
        dockerConfig,
        addresses: machine.endpoints(home).map(({ dockerHost }) => dockerHost),
        listening: () => endpoints.listening,
      }),
      log,
      onChange,
    }),
  );
  const startProblems = [
    ...await startWarnings({ machine, home, dockerConfig, log }),
    ...(await settings.start()).map(problemOf),
  ];

  const ending = new HostEnding();
  const end = (reason: HostEnd) => ending.request(reason);
  const updates = found &&
    await HostUpdates.open({
      found,
      installation,
      settings,
      distros,
      service,
      log,
      ways: network.ways,
      onChange,
      end,
    });
  board.watch(() => updates?.look());

  const status = () =>
    hostStatus({
      processId: Deno.pid,
      dockerHost: home.dockerHost,
      engine: service.engine,
      idle: service.idle,
      distros,
      endpoints,
      settings,
      startProblems,
      updates,
      workspaces,
      network: seenNetwork,
    });
  const streams = () => service.report();
  const start = () => service.startReport();
  const diagnostics = async () => {
    const { hostDiagnostics } = await import("./host_diagnostics.ts"); // no start needs it
    const found = (signal: AbortSignal) => workspaces.list(signal);
    const network = () => seenNetwork.report();
    return await hostDiagnostics({ home, wsl, status, streams, start, workspaces: found, network, redactor });
  };
  const followers = new AbortController();
  const { signal } = followers;
  const { address } = started.use(
    await serveApi({
      addressFile: home.apiAddressFile,
      worked: memory.worked,
      dependencies: controlDependencies({
        service,
        settings,
        logs,
        log,
        board,
        status,
        diagnostics,
        ending,
        updates,
        workspaces,
        network: seenNetwork,
        signal,
      }),
      log,
    }),
  );
  redactor.hide(address.token);
  ownPorts.add(Number(new URL(address.url).port));
  log("info", "host.started", { dockerHost: home.dockerHost, api: address.url });

  updates?.begin();
  network.watchWays(() => seenNetwork.look());
  board.watch(() => seenNetwork.follow());
  seenNetwork.begin();
  workspaces.begin(engineOfWorkspaces(service, distros));
  const reserving = homeReserve(home).restore();
  started.defer(() => reserving);
  return runningHost({ service, updates, workspaces, ending, log, followers, parts: started.move() });
}

function runningHost({ service, updates, workspaces, ending, log, followers, parts }: {
  readonly service: EngineService;
  readonly updates: HostUpdates | undefined;
  readonly workspaces: Pick<HostWorkspaces, "stopWatching">;
  readonly ending: HostEnding;
  readonly log: Log;
  /** Ends the streams of the API. */
  readonly followers: AbortController;
  readonly parts: AsyncDisposable;
}): Host {
  return {
    endRequested: ending.requested,
    get endReason() {
      return ending.reason;
    },
    forceStop: () => service.forceStop(),
    sessionEnds: () =>
      log("warn", "host.session.ends", {
        reason:
          "Windows is ending the session: containers are asked to stop, but may not get the time they need",
      }),
    async [Symbol.asyncDispose]() {
      await updates?.[Symbol.asyncDispose]();
      const unwatched = workspaces.stopWatching();
      // The engine before the sockets: clients that follow the state see it stop, and requests end with it.
      await service.engine.close();
      followers.abort();
      await unwatched;
      await parts[Symbol.asyncDispose]();
    },
  };
}
