/** Which workspaces' files a container has: what dockerd says about its mounts, and what its files say. */
import { WORKSPACES_FOLDER } from "../protocol/distro_paths.ts";
import { isJson, isText, type Json } from "../protocol/json_guards.ts";
import { isWorkspaceName } from "../protocol/workspace_messages.ts";

/** The device of a volume that Docker's own driver mounts; `undefined` for a volume that is a folder of Docker's. */
export type VolumeDevice = (volume: string) => Promise<string | undefined>;

/** The workspace that a path of the engine belongs to. Pure. */
export function workspaceOf(path: unknown): string | undefined {
  if (!isText(path) || !path.startsWith(`${WORKSPACES_FOLDER}/`)) return undefined;
  const name = path.slice(WORKSPACES_FOLDER.length + 1).split("/")[0];
  return isWorkspaceName(name) ? name : undefined;
}

/** Mounts as dockerd lists them for a container: `Type`, `Source`, and `Name` and `Driver` of a volume. */
export async function workspacesOfMounts(mounts: unknown, deviceOf: VolumeDevice): Promise<Set<string>> {
  const sources = await sourcesOfMounts(mounts, deviceOf);
  return new Set(sources.map(workspaceOf).filter((name) => name !== undefined));
}

/** The paths of the engine that are mounted. */
export async function sourcesOfMounts(mounts: unknown, deviceOf: VolumeDevice): Promise<string[]> {
  const sources: string[] = [];
  const list = Array.isArray(mounts) ? mounts : isJson(mounts) ? Object.values(mounts) : [];
  for (const mount of list) {
    if (!isJson(mount)) continue;
    const source = await sourceOf(mount, deviceOf);
    if (isText(source)) sources.push(source);
  }
  return sources;
}

async function sourceOf(mount: Json, deviceOf: VolumeDevice): Promise<unknown> {
  if (mount.Type !== "volume") return mount.Source;
  const isLocal = mount.Driver === undefined || mount.Driver === "" || mount.Driver === "local";
  return isLocal && isText(mount.Name) ? await deviceOf(mount.Name) : undefined;
}

/** As dockerd names them. */
const VOLUME_REGEXP = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Reads the devices of volumes from where dockerd keeps them. */
export function volumeDevices(docker: string): VolumeDevice {
  return async (volume) => {
    if (!VOLUME_REGEXP.test(volume)) return undefined;
    try {
      const options: unknown = JSON.parse(await Deno.readTextFile(`${docker}/volumes/${volume}/opts.json`));
      return isJson(options) && isText(options.MountDevice) ? options.MountDevice : undefined;
    } catch {
      return undefined; // the usual volume has no such file
    }
  };
}
