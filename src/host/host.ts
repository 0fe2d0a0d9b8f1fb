import { problemOf } from "../errors/problem_of.ts";
import type { Problem, Status } from "../api/schemas.ts";
import { LogFile } from "../logging/log_file.ts";
import { LogStore } from "../logging/log_store.ts";
import { Redactor } from "../logging/redactor.ts";
import { settingsSchema } from "../settings/settings_schema.ts";
import { VERSION } from "../version.ts";
import { type DockerEndpoints, openDockerEndpoints } from "./docker_endpoints.ts";
import { EngineService } from "./engine_service.ts";
import { engineStatus, engineWarnings } from "./engine_state.ts";
import type { Home } from "./home.ts";
import type { HostEnd } from "./host_end.ts";
import { HostUpdates } from "./host_updates.ts";
import { hostDiagnostics } from "./host_diagnostics.ts";
import { openInstanceDistros } from "./instance_distros.ts";
import { followSettings, type InstanceSettingsOptions, openInstanceSettings } from "./instance_settings.ts";
import { thisMachine } from "./machine.ts";
import { recoverUpdates, yieldHome } from "./recover_updates.ts";
import { serveApi } from "./serve_api.ts";
import { claimHome } from "./single_instance.ts";
import { startWarnings } from "./start_warnings.ts";
import { StatusBoard } from "./status_board.ts";
import { statusWarnings } from "./status_warnings.ts";

/** A running host. Disposing it stops the engine and closes everything. */
export interface Host extends AsyncDisposable {
  /** Resolves when the host is to end. */
  readonly endRequested: Promise<void>;
  /** Why, as of now: a stop that comes after a switch counts. */
  readonly endReason: HostEnd;
}

/** What the host is made of. */
export interface HostOptions {
  readonly home: Home;
  /** Path of the packaged executable. */
  readonly executable: string;
  /** Which version of it this is, and whether that is on trial. */
  readonly version: { readonly id: string; readonly trial: boolean };
  /** Docker's configuration folder, which the default home gets its context into; none if it is not known. */
  readonly dockerConfig: string | undefined;
}

/**
 * Starts the host. When it resolves, clients can connect; the first request starts the engine, and waits for it.
 *
 * @returns `hand-over` if the host of another version is to run instead; nothing is left behind then.
 * @throws {WindlassError} `WL_HOST_RUNNING` or `WL_SOCKET_BUSY`; nothing is left behind then.
 */
export async function startHost(
  { home, executable, version, dockerConfig }: HostOptions,
): Promise<Host | "hand-over"> {
  await using started = new AsyncDisposableStack();
  await yieldHome(home, executable, version.trial);
  started.use(await claimHome(home));
  const redactor = new Redactor();
  const logs = new LogStore(started.use(await LogFile.open(home.logDirectory)), redactor);
  const log = logs.logOf("host");
  log("info", "host.starting", { version: VERSION, id: version.id, pid: Deno.pid, executable });
  const found = await recoverUpdates({ home, executable, versionId: version.id, log });
  if (found?.recovered.handOver) return "hand-over";

  const settingsOptions: InstanceSettingsOptions = {
    home,
    executable,
    dockerConfig,
    checkDaemonOptions: (options, signal) => service.engine.checkDaemonOptions(options, signal),
  };
  const settings = await openInstanceSettings(settingsOptions);
  logs.level = settings.values["log.level"];
  for (const { message } of settings.problems) log("warn", "settings.problem", { reason: message });
  const machine = await thisMachine();
  const wsl = machine.wsl(executable, home);
  const distros = await openInstanceDistros({
    wsl,
    home,
    executable,
    versionId: version.id,
    isTrial: found?.recovered.trial !== undefined,
    // Options that this dockerd refuses, too, are no reason against the next.
    daemonOptions: () =>
      engineWarnings(service.engine.state).length > 0 ? {} : settings.values["engine.daemonOptions"],
    log,
  });
  let endpoints: DockerEndpoints | undefined = undefined;
  let startProblems: Problem[] = [];
  let updates: HostUpdates | undefined = undefined;
  const status = (): Status => ({
    version: VERSION,
    host: { pid: Deno.pid },
    engine: engineStatus(service.engine.state, {
      dockerHost: home.dockerHost,
      listening: [...endpoints?.listening ?? []],
      keptBy: [...service.idle.keptBy],
      stopsAt: service.idle.stopsAt?.toISOString() ?? null,
    }),
    distro: { name: distros.engineName, rootfs: distros.rootfsId },
    ...updates === undefined ? {} : { update: updates.updater.status() },
    warnings: statusWarnings([
      ...endpoints?.warnings ?? [],
      ...startProblems,
      ...updates?.warnings() ?? [],
      ...settings.problems.map(problemOf),
      ...engineWarnings(service.engine.state),
    ]),
  });
  const board = new StatusBoard(status);
  const changed = () => {
    board.change();
    updates?.look();
  };
  /** Of this machine, and never to be reached from a container. */
  const ownPorts = new Set<number>();
  const service = started.use(
    new EngineService({
      wsl,
      distros,
      translatePath: machine.translatePath(home, () => distros.engineName),
      settings,
      logs,
      isOwnPort: (port) => ownPorts.has(port),
      onChange: changed,
    }),
  );
  endpoints = started.use(
    await openDockerEndpoints({
      endpoints: machine.endpoints(home),
      serve: (listener) => service.relays.start(listener),
      log,
      onChange: () => board.change(),
    }),
  );
  startProblems = await startWarnings({ machine, home, dockerConfig, log });
  startProblems.push(...(await followSettings(settingsOptions, settings.values)).map(problemOf));

  const endRequested = Promise.withResolvers<void>();
  let endReason: HostEnd = "stop";
  const end = (reason: HostEnd) => {
    endReason = reason;
    endRequested.resolve();
  };
  updates = found && await HostUpdates.open({
    found,
    home,
    executable,
    versionId: version.id,
    settings,
    distros,
    service,
    log,
    onChange: changed,
    end,
  });
  const followers = new AbortController();
  const { address } = started.use(
    await serveApi({
      addressFile: home.apiAddressFile,
      dependencies: {
        status,
        statusChanges: (signal) => board.follow(AbortSignal.any([signal, followers.signal])),
        logTail: (lines, filter) => logs.tail(lines, filter),
        logFollow: (signal, lines, filter) =>
          logs.follow(AbortSignal.any([signal, followers.signal]), lines, filter),
        startEngine: () => service.engine.start(),
        stopEngine: () => void service.engine.stop(),
        restartEngine: () => void service.restart(),
        diagnostics: () => hostDiagnostics({ home, wsl, status, redactor }),
        stop: () => end("stop"),
        ports: () => ({ ports: service.ports.list() }),
        ...updates === undefined ? {} : { updates: updates.updater },
        settings: () => settings.entries,
        settingsSchema,
        async changeSettings(changes, signal) {
          const entries = await settings.change(changes, signal);
          log("info", "settings.changed", { keys: Object.keys(changes).join(" ") });
          logs.level = settings.values["log.level"];
          service.idle.look();
          board.change();
          return entries;
        },
      },
    }),
  );
  redactor.hide(address.token);
  ownPorts.add(Number(new URL(address.url).port));
  log("info", "host.started", { dockerHost: home.dockerHost, api: address.url });

  updates?.begin();
  const owned = started.move();
  return {
    endRequested: endRequested.promise,
    get endReason() {
      return endReason;
    },
    async [Symbol.asyncDispose]() {
      await updates?.[Symbol.asyncDispose]();
      // The engine before the sockets: whoever follows the state sees it stop, and requests end with it.
      await service.engine.close();
      followers.abort();
      await owned.disposeAsync();
    },
  };
}
