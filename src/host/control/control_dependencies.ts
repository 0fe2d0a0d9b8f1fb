import type { Status } from "../../api/resources/status.ts";
import type { WorkspaceService } from "../../api/workspace_service.ts";
import type { Log } from "../../logging/log.ts";
import type { LogStore } from "../../logging/log_store.ts";
import { settingsSchema } from "../../settings/settings_schema.ts";
import type { EngineService } from "../engine/engine_service.ts";
import type { HostEnding } from "../host_end.ts";
import type { InstanceSettings } from "../instance_settings.ts";
import type { NetworkService } from "../network/network_service.ts";
import type { HostUpdates } from "../updates/host_updates.ts";
import type { ServeApiOptions } from "./serve_api.ts";
import type { StatusBoard } from "./status_board.ts";

/** The parts of a running host that its API acts on. */
export interface ControlParts {
  readonly service: EngineService;
  readonly settings: InstanceSettings;
  readonly logs: LogStore;
  readonly log: Log;
  readonly board: StatusBoard;
  readonly status: () => Status;
  readonly diagnostics: () => Promise<Uint8Array<ArrayBuffer>>;
  readonly ending: HostEnding;
  /** Absent if the update records could not be opened. */
  readonly updates: HostUpdates | undefined;
  readonly workspaces: WorkspaceService;
  readonly network: Pick<NetworkService, "report" | "check">;
  /** Ends all streams of changes and log lines. */
  readonly signal: AbortSignal;
}

/** The dependencies of the API's routes, as the parts of a host fulfil them. */
export function controlDependencies(parts: ControlParts): ServeApiOptions["dependencies"] {
  const { service, settings, logs, log, board, status, diagnostics, ending, updates, workspaces, network } =
    parts;
  const untilEnd = (signal: AbortSignal) => AbortSignal.any([signal, parts.signal]);
  return {
    status,
    statusChanges: (signal) => board.follow(status, untilEnd(signal)),
    logTail: (lines, filter) => logs.tail(lines, filter),
    logFollow: (signal, lines, filter) => logs.follow(untilEnd(signal), lines, filter),
    startEngine: () => service.engine.start(),
    stopEngine: () => void service.engine.stop(),
    restartEngine: () => void service.restart(),
    streamsReport: () => service.report(),
    startReport: () => service.startReport(),
    diagnostics,
    stop(force) {
      if (force) service.forceStop();
      ending.request("stop");
    },
    ports: () => ({ ports: service.ports.list() }),
    network: () => network.report(),
    checkNetwork: (host, signal) => network.check(host, untilEnd(signal)),
    workspaces,
    ...updates === undefined ? {} : { updates: updates.updater },
    settings: () => settings.entries,
    settingsSchema,
    async changeSettings(changes, signal) {
      const entries = await settings.change(changes, signal);
      log("info", "settings.changed", { keys: Object.keys(changes).join(" ") });
      board.change();
      return entries;
    },
  };
}
