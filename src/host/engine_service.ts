import type { LogFields } from "../logging/log.ts";
import type { LogStore } from "../logging/log_store.ts";
import { EnginePorts } from "../ports/engine_ports.ts";
import { PublishedPorts } from "../ports/published_ports.ts";
import { RelayGroup } from "../relay/relay_group.ts";
import { durationMilliseconds } from "../settings/duration.ts";
import type { SettingsStore } from "../settings/settings_store.ts";
import type { TranslatePath } from "../relay/translate_path.ts";
import type { Wsl } from "../wsl/wsl.ts";
import { AgentClients, CLIENT_TARGET } from "./agent_clients.ts";
import { Engine, type EngineDistros } from "./engine.ts";
import type { EngineState } from "./engine_state.ts";
import { IdleWatch } from "./idle_watch.ts";

/** What the engine of a host is made of. */
export interface EngineServiceOptions {
  readonly wsl: Wsl;
  readonly distros: EngineDistros;
  readonly translatePath: TranslatePath;
  readonly settings: Pick<SettingsStore, "values">;
  readonly logs: LogStore;
  /** Whether a port of this machine is one of Windlass itself, which containers may not reach. */
  readonly isOwnPort: (port: number) => boolean;
  /** Called after every change of what is told here. */
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
  readonly #options: EngineServiceOptions;
  readonly #clientsInside = new AgentClients();
  readonly #relayInside: AsyncDisposable;
  #lastLogged = "";

  constructor(options: EngineServiceOptions) {
    const { wsl, distros, translatePath, settings, logs } = options;
    const log = logs.logOf("host");
    this.#options = options;
    this.ports = new PublishedPorts({ log, defaultAddress: () => settings.values["ports.defaultAddress"] });
    this.engine = new Engine({
      wsl,
      distros,
      log,
      daemonOptions: () => settings.values["engine.daemonOptions"],
      onLine: (line) => logs.add(line),
      serveAgent: (openTarget) => {
        const served = new EnginePorts({ ports: this.ports, openTarget, isOwnPort: options.isOwnPort, log });
        return (stream) =>
          stream.target === CLIENT_TARGET ? this.#clientsInside.offer(stream) : served.accept(stream);
      },
      onState: (state) => this.#changed(state),
    });
    this.relays = new RelayGroup({
      openUpstream: (signal) => this.engine.connect(signal),
      translatePath,
      requestEnded: (request) => this.idle.requestEnded(request),
      log,
    });
    this.idle = new IdleWatch({
      idleMilliseconds: () => durationMilliseconds(settings.values["engine.idleTimeout"]),
      isRunning: () => this.engine.state.kind === "running",
      requests: () => this.relays.activeRequests(),
      askUse: (signal) => this.engine.use(signal),
      stop: () => {
        log("info", "engine.idle", { idleTimeout: settings.values["engine.idleTimeout"] });
        this.relays.letGo();
        return this.engine.stop();
      },
      onChange: options.onChange,
    });
    this.#relayInside = this.relays.start(this.#clientsInside);
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

  #changed(state: EngineState): void {
    // An import reports its bytes many times a second: for the followers, not for the log.
    const fields = stateForLog(state);
    const text = JSON.stringify(fields);
    if (text !== this.#lastLogged) this.#options.logs.logOf("host")("info", "engine.state", fields);
    this.#lastLogged = text;
    this.idle.look();
    this.#options.onChange();
  }
}

/** What the log says of a state. Pure. */
function stateForLog(state: EngineState): LogFields {
  if (state.kind === "failed") return { kind: state.kind, reason: state.problem.message };
  return "stage" in state ? { kind: state.kind, stage: state.stage } : { kind: state.kind };
}
