/** What each setting has an effect on: the one list that a new setting must be added to. */
import type { SettingEntry } from "../api/resources/settings.ts";
import type { SettingKey } from "./settings_schema.ts";

/**
 * The part of Windlass that follows a setting. Each is implemented in `src/host/settings_followers.ts`: it may refuse
 * a change, make it outside of Windlass, or be notified of it. Besides that, each reads the current value when it needs it.
 */
export type SettingFollower =
  /** `IdleWatch`: stops an engine that nobody uses. */
  | "idle watch"
  /** `Engine`: passes options to dockerd at each start. */
  | "engine"
  /** `PublishedPorts` and `EnginePorts`: each new port and each new connection. */
  | "ports"
  /** `HostNetwork`: which way requests leave, and what containers are given for it. */
  | "network"
  /** The user's own distros that are workspaces. */
  | "workspaces"
  /** The entry of this user that starts Windlass at sign-in. */
  | "sign-in entry"
  /** The current context in Docker's own configuration. */
  | "docker context"
  /** `HostUpdates`: each check, download and installation. */
  | "updates"
  /** `LogStore`, and the agent that sends it lines. */
  | "log";

/** The follower of a setting, and when a new value applies. */
export interface SettingEffect {
  readonly followedBy: SettingFollower;
  readonly takesEffect: SettingEntry["takesEffect"];
}

/** Every setting with its effect. */
export const SETTING_EFFECTS: Readonly<Record<SettingKey, SettingEffect>> = {
  "engine.idleTimeout": { followedBy: "idle watch", takesEffect: "at once" },
  "engine.daemonOptions": { followedBy: "engine", takesEffect: "when the engine starts again" },
  "ports.defaultAddress": { followedBy: "ports", takesEffect: "for new ports" },
  "ports.hostServices": { followedBy: "ports", takesEffect: "for new connections" },
  "network.proxy": { followedBy: "network", takesEffect: "at once" },
  "network.noProxy": { followedBy: "network", takesEffect: "at once" },
  "network.containerProxy": { followedBy: "network", takesEffect: "at once" },
  "network.containerCertificates": { followedBy: "network", takesEffect: "for new containers" },
  "workspaces": { followedBy: "workspaces", takesEffect: "at once" },
  "startAtSignIn": { followedBy: "sign-in entry", takesEffect: "at once" },
  "docker.useContext": { followedBy: "docker context", takesEffect: "at once" },
  "update.mode": { followedBy: "updates", takesEffect: "at once" },
  "update.channel": { followedBy: "updates", takesEffect: "at once" },
  "update.pin": { followedBy: "updates", takesEffect: "at once" },
  "update.url": { followedBy: "updates", takesEffect: "at once" },
  "update.mirrors": { followedBy: "updates", takesEffect: "at once" },
  "update.proxy": { followedBy: "updates", takesEffect: "at once" },
  "update.selfManaged": { followedBy: "updates", takesEffect: "at once" },
  "log.level": { followedBy: "log", takesEffect: "at once" },
};

/** The followers of some settings, each once. Pure. */
export function followersOf(keys: readonly SettingKey[]): ReadonlySet<SettingFollower> {
  return new Set(keys.map((key) => SETTING_EFFECTS[key].followedBy));
}
