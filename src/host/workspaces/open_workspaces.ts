import type { Log } from "../../logging/log.ts";
import { distroNames } from "../../provisioning/distro_names.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import type { EngineService } from "../engine/engine_service.ts";
import type { InstanceDistros } from "../engine/instance_distros.ts";
import type { Installation } from "../installation.ts";
import type { InstanceSettings } from "../instance_settings.ts";
import type { Machine } from "../machine/machine.ts";
import { type HostEngine, HostWorkspaces } from "./host_workspaces.ts";

/** The parts of a host that its workspaces join. */
export interface OpenWorkspacesOptions {
  readonly wsl: Wsl;
  readonly machine: Pick<Machine, "translateText">;
  readonly installation: Pick<Installation, "home" | "executable">;
  readonly distros: Pick<InstanceDistros, "engineName">;
  readonly settings: Pick<InstanceSettings, "values" | "entries" | "change">;
  readonly log: Log;
  readonly onChange: () => void;
}

/** The workspaces of a host that is starting. They do nothing before `begin()`. */
export function openWorkspaces(options: OpenWorkspacesOptions): HostWorkspaces {
  const { wsl, machine, installation, distros, settings, log, onChange } = options;
  const { home, executable } = installation;
  const seen = machine.translateText(home, () => distros.engineName)(executable);
  return new HostWorkspaces({
    wsl,
    folder: distroNames(home.instance).engines[0],
    executable: typeof seen === "string" ? seen : executable,
    home: home.isDefault ? undefined : home.root,
    recordFile: home.workspaceRecord,
    setting: {
      get names() {
        return settings.values["workspaces"];
      },
      get isLocked() {
        return settings.entries.some(({ key, locked }) => key === "workspaces" && locked);
      },
      async change(names, signal) {
        await settings.change({ workspaces: names }, signal);
      },
    },
    log,
    onChange,
  });
}

/** The engine of a host as its workspaces use it. */
export function engineOfWorkspaces(
  service: Pick<EngineService, "engine" | "stopResting">,
  distros: Pick<InstanceDistros, "areRecorded">,
): HostEngine {
  const { engine } = service;
  return {
    get state() {
      return engine.state;
    },
    get life() {
      return engine.life;
    },
    get isResting() {
      return engine.isResting;
    },
    startResting: () => engine.startResting(),
    isImported: () => distros.areRecorded(),
    stopResting: () => service.stopResting(),
  };
}
