import { DEFAULT_DISTRO, isSameDistro } from "../../settings/workspace_names.ts";
import { ineligibility } from "../../workspaces/eligible_distros.ts";
import type { DistroNow } from "./distros_now.ts";

/** What the setting `workspaces` means for the distros that there are. */
export interface WantedWorkspaces {
  /** Those that can be workspaces, by the names that WSL gives them. */
  readonly distros: readonly DistroNow[];
  /** Names of the setting that no distro has. */
  readonly missing: readonly string[];
}

/** The distros that the setting names. Pure. */
export function wantedWorkspaces(
  setting: readonly string[],
  distros: readonly DistroNow[],
): WantedWorkspaces {
  const wanted = new Set<DistroNow>();
  const missing: string[] = [];
  for (const name of setting) {
    const distro = findDistro(name, distros);
    if (distro === undefined) {
      if (name !== DEFAULT_DISTRO) missing.push(name);
    } else if (ineligibility(distro) === undefined) {
      wanted.add(distro);
    }
  }
  return { distros: [...wanted], missing };
}

/** The distro of that name in any case, or WSL's default one for `default`. Pure. */
export function findDistro<Distro extends Pick<DistroNow, "name" | "isDefault">>(
  name: string,
  distros: readonly Distro[],
): Distro | undefined {
  const named = distros.find((distro) => isSameDistro(distro.name, name));
  return named ?? (name === DEFAULT_DISTRO ? distros.find(({ isDefault }) => isDefault) : undefined);
}

/** Whether the setting names a distro, as far as that is known without the list of distros. Pure. */
export function isNamed(
  setting: readonly string[],
  name: string,
  defaultDistro: string | undefined,
): boolean {
  return setting.some((wanted) =>
    isSameDistro(wanted, name) ||
    wanted === DEFAULT_DISTRO && (defaultDistro === undefined || isSameDistro(defaultDistro, name))
  );
}
