import { WindlassError } from "../../errors/windlass_error.ts";
import { requestDocker } from "../engine/docker_request.ts";
import { DATA_FOLDER } from "../engine/dockerd_arguments.ts";
import { isJson } from "../protocol/json_guards.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";
import { sourcesOfMounts, volumeDevices, workspacesOfMounts } from "./workspace_mounts.ts";

/** Where dockerd keeps its containers and volumes. */
export const DOCKER_FOLDER = `${DATA_FOLDER}/docker`;

/** A thousand containers with all their labels and mounts fit. */
const LIST_BYTES = 16 * 1024 * 1024;
/** Those that run, and those that dockerd starts again by itself in a moment. */
const IN_USE = encodeURIComponent(JSON.stringify({ status: ["running", "paused", "restarting"] }));

/** The workspaces whose files some container has that runs or is about to. Rejects while Docker does not answer. */
export async function findNeededRoots(signal: AbortSignal): Promise<Set<string>> {
  const path = `/containers/json?filters=${IN_USE}`;
  const { status, body } = await requestDocker({ method: "GET", path, signal, maximumBytes: LIST_BYTES });
  if (status !== 200) {
    throw new WindlassError("WL_ENGINE_FAILED", `Cannot list the containers: Docker answered ${status}`);
  }
  const containers: unknown = JSON.parse(body);
  const needed = new Set<string>();
  const deviceOf = volumeDevices(DOCKER_FOLDER);
  for (const container of Array.isArray(containers) ? containers : []) {
    if (!isJson(container)) continue;
    for (const name of await workspacesOfMounts(container.Mounts, deviceOf)) needed.add(name);
  }
  return needed;
}

/**
 * The paths of the engine that a container mounts, by the name or id of a client's request; none for one that does not
 * exist. Rejects while Docker does not answer.
 */
export async function findSourcesOf(container: string, signal: AbortSignal): Promise<string[]> {
  const { status, body } = await requestDocker({
    method: "GET",
    path: `/containers/${encodeURIComponent(decoded(container))}/json`,
    maximumBytes: WORKSPACE_LIMITS.descriptionBytes,
    signal,
  });
  if (status !== 200) return [];
  const description: unknown = JSON.parse(body);
  const mounts = isJson(description) ? description.Mounts : undefined;
  return await sourcesOfMounts(mounts, volumeDevices(DOCKER_FOLDER));
}

/** A name as it is; one that is not encoded in the way of paths has no other meaning for dockerd either. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
