import type { LogFields } from "../../logging/log.ts";
import type { LogStore } from "../../logging/log_store.ts";
import { connectionLimits } from "../../overload/connection_limits.ts";
import { DataConnections } from "../../overload/data_connections.ts";
import { descriptorLimit } from "../../platform/this_descriptor_limit.ts";
import { parseHostTarget } from "../../agent/protocol/stream_target.ts";
import { EnginePorts } from "../../ports/engine_ports.ts";
import { HostServices } from "../../ports/host_service.ts";
import { ContainerPeers } from "./container_peers.ts";
import type { EngineNetwork, ProxyRoom } from "./engine_network.ts";
import type { EngineWorkspaces } from "./engine_workspaces.ts";
import { PublishedPorts } from "../../ports/published_ports.ts";
import { containerCertificates } from "../../relay/certificates/container_certificates.ts";
import { RelayGroup } from "../../relay/relay_group.ts";
import { WatchedStarts } from "../../relay/watched_starts.ts";
import { durationMilliseconds } from "../../settings/duration.ts";
import { allowsPort } from "../../settings/port_list.ts";
import type { SettingsStore } from "../../settings/settings_store.ts";
import type { EngineHas, ResolveWorkspacePath, TranslatePath } from "../../relay/paths/translate_path.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import { AgentClients, CLIENT_TARGET } from "../clients/agent_clients.ts";
import { Engine } from "./engine.ts";
import type { EngineLife } from "./engine_life.ts";
import type { StartReport } from "../../api/resources/start_report.ts";
import type { StreamsReport } from "../../api/resources/streams_report.ts";
import { type StartOrigin, StartRecorder } from "./start_recorder.ts";
import { reportStreams } from "./streams_report.ts";
import type { EngineDistros } from "./engine_distros.ts";
import type { EngineState } from "./engine_state.ts";
import { describeContainer } from "../clients/docker_requests.ts";
import { IdleWatch } from "./idle_watch.ts";
import { reasonsOfRequests } from "./keep_reasons.ts";
import { workspaceCalls } from "./workspace_calls.ts";
import { StartPorts } from "../control/start_ports.ts";

/** A restart of dockerd that nobody asked for keeps away from commands that follow each other. */
const QUIET_MILLISECONDS = 1_000;

/** Options of the engine of a host. */
export interface EngineServiceOptions {
  readonly wsl: Wsl;
  readonly distros: EngineDistros;
  readonly translatePath: (engineHas: EngineHas, resolve: ResolveWorkspacePath) => TranslatePath;
  readonly settings: Pick<SettingsStore, "values">;
  readonly logs: LogStore;
  /** Whether a port of this machine is one of Windlass itself, which containers may not reach. */
  readonly isOwnPort: (port: number) => boolean;
  /** What the engine has to do with the user's own distros. None if absent. */
  readonly workspaces?: EngineWorkspaces;
  /** The network proxy and what goes with it. None if absent. */
  readonly network?: EngineNetwork;
  /** Called for each chunk of the link. */
  readonly worked: () => void;
  /** Called after every change of what is reported here. */
  readonly onChange: () => void;
}

/**
 * The engine of a running host with all that leads to it: the relays of its clients, its published ports, and the
 * watch that stops it when nobody uses it. Disposing it stops the engine for good.
 */
export class EngineService implements AsyncDisposable {
  readonly engine: Engine;
  readonly relays: RelayGroup;
  readonly ports: PublishedPorts;
  readonly idle: IdleWatch;
  /** What connections to the network proxy may use. */
  readonly room: ProxyRoom;
  readonly #starts = new StartRecorder();
  readonly #options: EngineServiceOptions;
  readonly #clientsInside = new AgentClients();
  readonly #relayInside: AsyncDisposable;
  #life: EngineLife | undefined;
  /** What else is known of the start that is about to begin. */
  #origin: Omit<StartOrigin, "cause"> = {};
  #lastLogged = "";

  constructor(options: EngineServiceOptions) {
    const { wsl, distros, translatePath, settings, logs } = options;
    const log = logs.logOf("host");
    this.#options = options;
    const { isOwnPort, workspaces, network } = options;
    const limits = connectionLimits(descriptorLimit());
    const connections = new DataConnections(limits);
    this.ports = new PublishedPorts({
      log,
      defaultAddress: () => settings.values["ports.defaultAddress"],
      isOwnPort,
      connections,
    });
    const isAllowed = (port: number) => allowsPort(settings.values["ports.hostServices"], port);
    const services = new HostServices({ isOwnPort, isAllowed, connections, log });
    const peers = new ContainerPeers({
      connectInside: () => this.engine.connectInside(),
      connectContainer: (address, port) => this.engine.life?.connectContainer(address, port),
    });
    this.room = { services, connections, ports: this.ports, peers };
    this.engine = new Engine({
      wsl,
      distros,
      log,
      daemonOptions: () => settings.values["engine.daemonOptions"],
      onLine: (line) => logs.add(line),
      worked: options.worked,
      serveAgent: (openTarget) => {
        const served = new EnginePorts({
          ports: this.ports,
          openTarget,
          isOwnPort,
          isAllowed,
          connections,
          // One more than ports, so that the first one beyond the limit is refused with a reason.
          maximumRequests: limits.ports + 1,
          ...network === undefined
            ? {}
            : { serveProxy: (stream, client) => network.serveProxy(stream, client, this.room) },
          log,
        });
        return (stream) => {
          if (stream.target === CLIENT_TARGET) return this.#clientsInside.offer(stream);
          const target = parseHostTarget(stream.target);
          if (typeof target === "string" || target.kind !== "root") return served.accept(stream);
          if (workspaces === undefined) return stream.refuse("workspaces are not served here");
          return workspaces.serveRoot(stream, target.workspace);
        };
      },
      keepsResting: () => workspaces?.checkAnyRunning() ?? Promise.resolve(false),
      onStart: (cause) => this.#starts.begin({ cause, ...this.#origin }),
      onAgentStart: (start) => this.#starts.agentReports(start),
      onLife: (life) => this.#lifeBegins(life, startPorts),
      onState: (state) => this.#changed(state),
    });
    const startPorts = new StartPorts({
      describe: async (container, signal) =>
        await describeContainer(await this.engine.connect(signal), container, signal),
      hold: (held, milliseconds, signal) => this.engine.holdPorts(held, milliseconds, signal),
      log,
    });
    const { beforeStart, resolvePath } = workspaceCalls({ engine: this.engine, workspaces, log });
    this.relays = new RelayGroup({
      openUpstream: async (signal) => new WatchedStarts(await this.engine.connect(signal), startPorts),
      translatePath: translatePath((...wanted) => this.engine.hasPath(...wanted), resolvePath),
      changeContainer: containerCertificates({
        isOn: () => settings.values["network.containerCertificates"],
        connect: (signal) => this.engine.connect(signal),
        log,
      }),
      beforeStart,
      requestEnded: (request) => {
        this.#starts.requestEnded();
        this.idle.requestEnded(request);
      },
      maximumClients: limits.dockerClients,
      log,
    });
    this.idle = new IdleWatch({
      idleMilliseconds: () => durationMilliseconds(settings.values["engine.idleTimeout"]),
      isRunning: () => this.engine.state.kind === "running",
      requests: () => this.relays.activeRequests(),
      askUse: (signal) => this.engine.use(signal),
      stop: () => this.#endUse(false),
      endIdle: () => this.#endUse(workspaces?.isAnyRunning === true),
      onChange: options.onChange,
    });
    this.#relayInside = this.relays.start(this.#clientsInside, {
      openUpstream: () => this.engine.connectInside(),
      maximumClients: limits.innerDockerClients,
    });
  }

  /** What clients, link and agent are doing at the moment. Never rejects, even if the engine is stuck. */
  report(): Promise<StreamsReport> {
    return reportStreams({
      relays: this.relays,
      state: () => this.engine.state,
      link: () => this.#life?.report(),
    });
  }

  /** Where the time of the last start went. */
  startReport(): StartReport {
    return this.#starts.report();
  }

  /** Starts the engine for the command that has launched this host. @param commandAt Milliseconds since 1970. */
  startForCommand(commandAt: number): void {
    this.#origin = { commandAt };
    this.engine.start();
    this.#origin = {};
  }

  /**
   * Stops an engine that rests, since no workspace is running any more that it would be there for. As with the idle
   * time, a request that arrives after the decision waits for the next start.
   */
  stopResting(): void {
    if (!this.engine.isResting || reasonsOfRequests(this.relays.activeRequests()).length > 0) return;
    this.relays.releaseIdleStreams();
    void this.engine.stop();
  }

  /** Makes a stop kill the containers instead of waiting for them, even one under way. */
  forceStop(): void {
    this.#options.logs.logOf("host")("warn", "host.stop.forced", {});
    this.engine.forceStop();
  }

  /** Stops it and starts it again. */
  async restart(): Promise<void> {
    await this.engine.stop();
    this.engine.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.idle[Symbol.asyncDispose]();
    await this.#relayInside[Symbol.asyncDispose]();
  }

  /** Stops or rests, for nobody uses it. */
  #endUse(rests: boolean): Promise<void> {
    const { logs, settings } = this.#options;
    const idleTimeout = settings.values["engine.idleTimeout"];
    logs.logOf("host")("info", "engine.idle", { idleTimeout, ...rests ? { rests } : {} });
    this.relays.releaseIdleStreams();
    return rests ? this.engine.rest() : this.engine.stop();
  }

  #lifeBegins(life: EngineLife, startPorts: StartPorts): void {
    const { logs } = this.#options;
    this.#starts.launched();
    this.#life = life;
    void life.ended.then(() => this.#life = this.#life === life ? undefined : this.#life);
    logs.onLevel = (level) => life.setLogLevel(level);
    life.setLogLevel(logs.level);
    void startPorts.engineStarts();
    this.#options.workspaces?.lifeBegins(life);
    this.#options.network?.lifeBegins(life, () => this.#restartDockerdIfUnused());
  }

  /** A rest that ends at once: no client is cut off, and those that come meanwhile wait for the next dockerd. */
  async #restartDockerdIfUnused(): Promise<boolean> {
    return await this.idle.endIfUnused(QUIET_MILLISECONDS, async () => {
      this.#options.logs.logOf("host")("info", "engine.dockerd.restart", {});
      this.relays.releaseIdleStreams();
      await this.engine.rest();
      if (this.engine.isResting) this.engine.start();
    });
  }

  #changed(state: EngineState): void {
    // An import reports its bytes many times a second: for the followers, not for the log.
    const fields = stateForLog(state);
    const text = JSON.stringify(fields);
    if (text !== this.#lastLogged) this.#options.logs.logOf("host")("info", "engine.state", fields);
    this.#lastLogged = text;
    this.#starts.entered(state);
    this.idle.checkSoon();
    this.#options.workspaces?.engineChanged();
    this.#options.onChange();
  }
}

/** What the log says of a state. Pure. */
function stateForLog(state: EngineState): LogFields {
  if (state.kind === "failed") return { kind: state.kind, reason: state.problem.message };
  return "stage" in state ? { kind: state.kind, stage: state.stage } : { kind: state.kind };
}
