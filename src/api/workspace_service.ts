import type { Workspace, WorkspaceChange, WorkspaceList } from "./resources/workspaces.ts";

/**
 * What the host does about the user's own distros on request. Each call rejects with a WindlassError if it is refused
 * or fails, or with the signal's reason. A name is that of a distro in any case, or `default` for WSL's default one.
 */
export interface WorkspaceService {
  /** Every distro of the user. Checks only those that run, and starts none. */
  list(signal: AbortSignal): Promise<WorkspaceList>;
  /** Checks one distro, and starts it if it does not run. @throws {WindlassError} `WL_WORKSPACE_UNKNOWN`. */
  check(name: string, signal: AbortSignal): Promise<Workspace>;
  /**
   * Adds the distro to the setting `workspaces`, and places the files of a workspace there. Repairs one that is enabled already.
   *
   * @throws {WindlassError} `WL_WORKSPACE_UNKNOWN`, `WL_WORKSPACE_INELIGIBLE`, `WL_WORKSPACE_FOREIGN`,
   * `WL_WORKSPACE_READ_ONLY`, `WL_WORKSPACE_FAILED`, `WL_SETTING_LOCKED`.
   */
  enable(name: string, signal: AbortSignal): Promise<WorkspaceChange>;
  /** Removes the distro from the setting `workspaces`, and from it what was placed. Fine for one that is gone. */
  disable(name: string, signal: AbortSignal): Promise<WorkspaceChange>;
}
