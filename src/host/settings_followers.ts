/** The effects of the settings; which setting has which of them is in `src/settings/setting_effects.ts`. */
import {
  leaveDockerContext,
  useDockerContext,
  writeDockerContext,
} from "../docker_context/docker_context.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import type { LogStore } from "../logging/log_store.ts";
import type { SignInProgram } from "../platform/sign_in_program.ts";
import { removeSignInStart, startAtSignIn } from "../platform/this_sign_in_program.ts";
import type { SettingFollower } from "../settings/setting_effects.ts";
import type { Settings } from "../settings/settings_schema.ts";
import type { Engine } from "./engine/engine.ts";
import type { IdleWatch } from "./engine/idle_watch.ts";
import { type Home, homeHash } from "./home.ts";
import type { Installation } from "./installation.ts";
import type { HostNetwork } from "./network/host_network.ts";
import type { HostWorkspaces } from "./workspaces/host_workspaces.ts";

/** What happens when a setting changes, besides that its new value is read from then on. */
export interface SettingsFollower {
  /**
   * Makes the change before it is written, or refuses it. Idempotent.
   *
   * @throws {WindlassError} Why it is impossible; nothing is written then.
   */
  prepare?(values: Settings, signal: AbortSignal): Promise<void>;
  /** Whether `prepare` runs at each start of the host as well, since the machine may have changed meanwhile. */
  preparesAtStart?(values: Settings): boolean;
  /** Called after the change was written. */
  changed?(values: Settings): void;
}

/** Those outside of Windlass, which any process can make follow. */
type MachineFollower = "sign-in entry" | "docker context";
export type MachineFollowers = Readonly<Record<MachineFollower, SettingsFollower>>;
/** Those inside a host. */
export type ServiceFollowers = Readonly<Record<Exclude<SettingFollower, MachineFollower>, SettingsFollower>>;

/** Whose machine follows. */
export interface MachineFollowersOptions {
  /** The executable is the program that starts at sign-in. */
  readonly installation: Pick<Installation, "home" | "executable">;
  /** Docker's configuration folder; `undefined` if it is not known. */
  readonly dockerConfig: string | undefined;
}

/** The sign-in entry and Docker's configuration. */
export function machineFollowers({ installation, dockerConfig }: MachineFollowersOptions): MachineFollowers {
  const { home } = installation;
  return {
    "sign-in entry": {
      async prepare({ startAtSignIn: isOn }) {
        const program = signInProgram(installation);
        await (isOn ? startAtSignIn(program) : removeSignInStart(program.name));
      },
      preparesAtStart: () => true, // the executable may have moved
    },
    "docker context": {
      prepare: (values) => useContext(values["docker.useContext"], home, dockerConfig),
      // A context that the user has chosen meanwhile stays.
      preparesAtStart: (values) => values["docker.useContext"],
    },
  };
}

/** The engine and all else inside a running host. */
export function serviceFollowers({ engine, idle, logs, network, workspaces }: {
  readonly engine: Pick<Engine, "checkDaemonOptions">;
  readonly idle: Pick<IdleWatch, "checkSoon">;
  readonly logs: Pick<LogStore, "level">;
  readonly network: Pick<HostNetwork, "settingChanged">;
  readonly workspaces: Pick<HostWorkspaces, "settingChanged">;
}): ServiceFollowers {
  return {
    "engine": {
      async prepare(values, signal) {
        const problem = await engine.checkDaemonOptions(values["engine.daemonOptions"], signal);
        if (problem === undefined) return;
        throw new WindlassError(
          "WL_DAEMON_OPTIONS_INVALID",
          `Cannot set 'engine.daemonOptions': ${problem}`,
        );
      },
    },
    "idle watch": { changed: () => idle.checkSoon() },
    "ports": {},
    "network": { changed: () => network.settingChanged() },
    "workspaces": { changed: () => workspaces.settingChanged() },
    "updates": {}, // notified by the status board, as of every other change
    "log": { changed: (values) => logs.level = values["log.level"] },
  };
}

/** Removes what settings have changed on the machine outside of the home; for the end of an installation. */
export async function undoSettings(home: Home): Promise<void> {
  await removeSignInStart(entryName(home));
}

function signInProgram({ home, executable }: MachineFollowersOptions["installation"]): SignInProgram {
  return {
    name: entryName(home),
    program: executable,
    args: ["start", "--on-demand"],
    ...home.isDefault ? {} : { environment: { WINDLASS_HOME: home.root } },
  };
}

function entryName(home: Home): string {
  return home.isDefault ? "windlass" : `windlass-${homeHash(home.root)}`;
}

async function useContext(use: boolean, home: Home, folder: string | undefined): Promise<void> {
  if (!home.isDefault || folder === undefined) {
    if (!use) return;
    const state = home.isDefault ? "Docker's folder is not known" : "only the default home has one";
    throw new WindlassError("WL_NOT_SUPPORTED", `Cannot use the Docker context: ${state}`, {
      remedy: home.isDefault ? "Set HOME or DOCKER_CONFIG." : "Use 'windlass env' for this instance.",
    });
  }
  if (!use) return await leaveDockerContext(folder);
  await writeDockerContext(folder, home.dockerHost);
  await useDockerContext(folder);
}
