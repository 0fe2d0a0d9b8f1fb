import type { InstallationOwner } from "../../install/installation_owner.ts";

/** Setting `update.selfManaged`: whether Windlass updates itself where something else has installed it. */
export type SelfManaged = "auto" | "always" | "never";

/** What installs newer versions: the setting overrides what was found out. Pure. */
export function updateOwner(found: InstallationOwner, setting: SelfManaged): InstallationOwner {
  switch (setting) {
    case "auto":
      return found;
    case "always":
      return "direct";
    case "never":
      return found === "direct" ? "managed" : found;
  }
}

/** The command line that updates an installation of somebody else; nothing where it is not known. Pure. */
export function ownersCommand(owner: InstallationOwner): string | undefined {
  switch (owner) {
    case "winget":
      return "winget upgrade --id Windlass.Windlass --exact";
    case "scoop":
      return "scoop update windlass";
    case "direct":
    case "managed":
      return undefined;
  }
}
