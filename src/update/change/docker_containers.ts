import { z } from "zod";
import type { ContainerBefore } from "../records/journal.ts";
import { UPDATE_LIMITS } from "../limits.ts";

/** Requests to dockerd that only ask. */
export interface DockerRequests {
  /**
   * The answer as JSON.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if the answer is not a success, with dockerd's own words;
   * the signal's reason.
   */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /** As `get`; nothing if what is asked for does not exist. */
  find(path: string, signal: AbortSignal): Promise<unknown>;
}

/** A container in dockerd's list. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  /** Running, paused or restarting. */
  readonly isUp: boolean;
}

/** A container at one moment. */
export interface SeenContainer {
  readonly isUp: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
}

const ListSchema = z.array(z.object({
  Id: z.string().max(256),
  Names: z.array(z.string()).nullish(),
  State: z.string(),
}));

const InspectSchema = z.object({
  State: z.object({
    Running: z.boolean(),
    Paused: z.boolean(),
    Restarting: z.boolean(),
    StartedAt: z.string(),
  }),
  HostConfig: z.object({
    AutoRemove: z.boolean(),
    RestartPolicy: z.object({ Name: z.string() }),
  }),
});

/** Policies by which dockerd starts a container again that ran when dockerd was stopped. */
const RESTART_POLICIES: ReadonlySet<string> = new Set(["always", "unless-stopped"]);
const UP_STATES: ReadonlySet<string> = new Set(["running", "paused", "restarting"]);
const NAME_CHARACTERS = 128;

/** All containers that dockerd knows. */
export async function listContainers(
  docker: DockerRequests,
  signal: AbortSignal,
): Promise<ListedContainer[]> {
  const list = ListSchema.parse(await docker.get("/containers/json?all=1", signal));
  return list.map(({ Id, Names, State }) => ({
    id: Id,
    name: (Names?.[0] ?? Id.slice(0, 12)).replace(/^\//, "").slice(0, NAME_CHARACTERS),
    isUp: UP_STATES.has(State),
  }));
}

/** One container; nothing if there is none. */
export async function seeContainer(
  docker: DockerRequests,
  id: string,
  signal: AbortSignal,
): Promise<SeenContainer | undefined> {
  const found = await docker.find(`/containers/${id}/json`, signal);
  if (found === undefined) return undefined;
  const { Running, Paused, Restarting, StartedAt } = InspectSchema.parse(found).State;
  return { isUp: Running || Paused || Restarting, startedAt: StartedAt };
}

/**
 * The containers that must be there after a restart of dockerd: all, except those that it removes when they end. Of
 * very many, those that run come first, and the rest is left out.
 */
export async function containersToKeep(
  docker: DockerRequests,
  signal: AbortSignal,
): Promise<ContainerBefore[]> {
  const all = await listContainers(docker, signal);
  const ordered = [...all.filter(({ isUp }) => isUp), ...all.filter(({ isUp }) => !isUp)];
  const kept: ContainerBefore[] = [];
  for (const { id, name, isUp } of ordered.slice(0, UPDATE_LIMITS.comparedContainers)) {
    const found = await docker.find(`/containers/${id}/json`, signal);
    if (found === undefined) continue; // removed meanwhile
    const { AutoRemove, RestartPolicy } = InspectSchema.parse(found).HostConfig;
    if (!AutoRemove) kept.push({ id, name, restarts: isUp && RESTART_POLICIES.has(RestartPolicy.Name) });
  }
  return kept;
}
