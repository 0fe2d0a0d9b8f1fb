import { isCount, isJson } from "../protocol/json_guards.ts";
import { volumeDevices, workspacesOfMounts } from "./workspace_mounts.ts";

/** What the containers on disk have of workspaces' files. */
export interface WorkspacesOnDisk {
  /** Of containers that dockerd starts by itself when it starts. */
  readonly restarted: ReadonlySet<string>;
  /** Of all containers. */
  readonly all: ReadonlySet<string>;
}

/**
 * Reads the files of a dockerd that does not run. Damaged ones are dockerd's to complain about.
 *
 * @param docker Its data folder.
 */
export async function readWorkspacesOnDisk(docker: string): Promise<WorkspacesOnDisk> {
  const restarted = new Set<string>();
  const all = new Set<string>();
  const deviceOf = volumeDevices(docker);
  try {
    for await (const { name: id } of Deno.readDir(`${docker}/containers`)) {
      const container = await readJson(`${docker}/containers/${id}/config.v2.json`);
      const names = await workspacesOfMounts(container.MountPoints, deviceOf);
      if (names.size === 0) continue;
      const starts = isRestarted(await readJson(`${docker}/containers/${id}/hostconfig.json`), container);
      for (const name of names) {
        all.add(name);
        if (starts) restarted.add(name);
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // there is no data yet
  }
  return { restarted, all };
}

/** Whether dockerd starts a container by itself when it starts, from its two files. Pure. */
export function isRestarted(
  hostConfiguration: Readonly<Record<string, unknown>>,
  container: Readonly<Record<string, unknown>>,
): boolean {
  const { RestartPolicy: policy } = hostConfiguration;
  switch (isJson(policy) ? policy.Name : undefined) {
    case "always":
      return true;
    case "unless-stopped":
      return container.HasBeenManuallyStopped !== true;
    case "on-failure": {
      // One that was running is taken to have failed, as its exit code is not known.
      const { State: state } = container;
      return isJson(state) && (state.Running === true || isCount(state.ExitCode) && state.ExitCode > 0);
    }
    default:
      return false;
  }
}

async function readJson(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}
