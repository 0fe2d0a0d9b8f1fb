import { AGENT_LIMITS } from "../agent_limits.ts";
import { requestDocker } from "./docker_request.ts";
import { DATA_FOLDER } from "./dockerd_arguments.ts";
import { listUsedContainers } from "./read_use.ts";
import type { StopWait } from "../protocol/dockerd_state.ts";

/** What a container gets that did not ask for a time, in seconds; Docker's own default. */
const USUAL_SECONDS = 10;
/** A description has all labels, mounts and variables. */
const DESCRIPTION_BYTES = 1024 * 1024;
/** Descriptions that are asked for at a time. */
const AT_ONCE = 16;

/**
 * The running containers that may take longer than usual to stop, the longest first. Never rejects: of a dockerd that
 * does not answer, nothing is known.
 */
export async function readStopWaits(signal: AbortSignal): Promise<StopWait[]> {
  const waits: StopWait[] = [];
  try {
    const containers = [...await listUsedContainers(signal)];
    const work = async () => {
      for (let next = containers.pop(); next !== undefined; next = containers.pop()) {
        waits.push(...await readStopWait(next.id, signal));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch {
    // What has been found until now counts.
  }
  return longestFirst(waits);
}

async function readStopWait(id: string, signal: AbortSignal): Promise<StopWait[]> {
  const { status, body } = await requestDocker({
    method: "GET",
    path: `/containers/${id}/json`,
    maximumBytes: DESCRIPTION_BYTES,
    signal,
  });
  return status === 200 ? stopWaitOf(JSON.parse(body)) : []; // it has just gone
}

/**
 * The same by the files of a dockerd that is stopping already and answers nobody. Never rejects.
 *
 * @param folder Where it keeps its containers.
 */
export async function readStopWaitsOfFiles(folder = `${DATA_FOLDER}/docker/containers`): Promise<StopWait[]> {
  const waits: StopWait[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const text = await Deno.readTextFile(`${folder}/${name}/config.v2.json`).catch(() => "{}");
      waits.push(...stopWaitOf(JSON.parse(text)));
    }
  } catch {
    // There is no data yet.
  }
  return longestFirst(waits);
}

/** What dockerd reports about a container and keeps in its file, as far as it is used here. */
interface ContainerDescription {
  readonly Name?: string;
  readonly State?: { readonly Running?: boolean };
  readonly Config?: { readonly StopTimeout?: number | null };
}

/** A container's wait, if it runs and has asked for a longer one than usual. Pure. */
export function stopWaitOf({ Name = "", State, Config }: ContainerDescription): StopWait[] {
  const asked = Config?.StopTimeout;
  if (State?.Running !== true || typeof asked !== "number") return [];
  if (asked >= 0 && asked <= USUAL_SECONDS) return [];
  return [{ name: Name.replace(/^\//, ""), seconds: asked < 0 ? null : asked }];
}

function longestFirst(waits: readonly StopWait[]): StopWait[] {
  return [...waits].sort((a, b) => (b.seconds ?? Infinity) - (a.seconds ?? Infinity))
    .slice(0, AGENT_LIMITS.reportedStopWaits);
}
