import type { Workspace, WorkspaceChange, WorkspaceList } from "../../src/api/resources/workspaces.ts";
import type { WorkspaceService } from "../../src/api/workspace_service.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";

/** A distro that is on, and in which everything is in place. */
export const WORKSPACE: Workspace = {
  name: "Ubuntu",
  isDefault: true,
  state: "running",
  enabled: true,
  ineligible: null,
  found: {
    checkedAt: "2026-11-29T12:00:00.000Z",
    socket: "ours",
    docker: "ours",
    files: [
      { path: "/usr/local/bin/docker", state: "placed" },
      { path: "/usr/local/bin/windlass", state: "placed" },
    ],
    automountRoot: "/mnt/",
    dockerGroup: false,
    interop: true,
    systemd: true,
    shells: ["bash"],
  },
  problems: [],
};

/** A distro that is off. */
export const OTHER_DISTRO: Workspace = {
  name: "Debian",
  isDefault: false,
  state: "stopped",
  enabled: false,
  ineligible: null,
  found: null,
  problems: [],
};

/** Two distros, of which it only remembers what was asked for. */
export class FakeWorkspaces implements WorkspaceService {
  readonly asked: string[] = [];

  list(): Promise<WorkspaceList> {
    return Promise.resolve({ workspaces: [OTHER_DISTRO, WORKSPACE] });
  }

  async check(name: string): Promise<Workspace> {
    this.asked.push(`check ${name}`);
    const found = (await this.list()).workspaces.find((distro) => distro.name === name);
    if (found !== undefined) return found;
    throw new WindlassError(
      "WL_WORKSPACE_UNKNOWN",
      `Cannot check the workspace '${name}': there is no such distro`,
    );
  }

  async enable(name: string): Promise<WorkspaceChange> {
    this.asked.push(`enable ${name}`);
    const workspace = await this.check(name);
    return {
      workspace: { ...workspace, enabled: true },
      steps: [{ path: "/usr/local/bin/docker", outcome: "skipped", why: "own" }],
    };
  }

  async disable(name: string): Promise<WorkspaceChange> {
    this.asked.push(`disable ${name}`);
    const workspace = await this.check(name);
    return {
      workspace: { ...workspace, enabled: false, found: null },
      steps: [{ path: "/usr/local/bin/docker", outcome: "removed" }],
    };
  }
}
