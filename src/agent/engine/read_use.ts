import { WindlassError } from "../../errors/windlass_error.ts";
import { requestDocker } from "./docker_request.ts";
import { DOCKERD_SOCKET } from "../protocol/distro_paths.ts";
import type { EngineUse, UsedContainer } from "../protocol/rpc_messages.ts";

/** A thousand containers with all their labels and mounts fit. */
const LIST_BYTES = 16 * 1024 * 1024;
/** Names that are reported; people read three, a page some more. */
const TOLD_CONTAINERS = 20;
/** State of a connected socket in /proc/net/unix. */
const CONNECTED = "03";
/**
 * References to a connected socket: its file, the kernel's table, and its peer. dockerd keeps the socket of a client
 * that was attached to a container which never started, long after that client has gone.
 */
const REFERENCES_WITH_PEER = 3;

/**
 * What dockerd is in use for now, apart from the streams that the host itself has open.
 *
 * @param ownConnections how many connections to dockerd this process has for the host
 * @throws The errors of a connection to dockerd; the signal's reason.
 */
export async function readEngineUse(ownConnections: number, signal: AbortSignal): Promise<EngineUse> {
  // First: the requests below are connections as well.
  const connections = countConnections(await Deno.readTextFile("/proc/net/unix"), DOCKERD_SOCKET);
  const [containers, swarm] = await Promise.all([readContainers(signal), isSwarmMember(signal)]);
  return {
    containers: containers.slice(0, TOLD_CONTAINERS),
    containerCount: containers.length,
    swarm,
    localClients: Math.max(0, connections - ownConnections),
  };
}

async function readContainers(signal: AbortSignal): Promise<UsedContainer[]> {
  return (await listUsedContainers(signal)).map(({ name, state }) => ({ name, state }));
}

/** A container that is running, paused or restarting, with its id. */
export interface ListedContainer extends UsedContainer {
  readonly id: string;
}

/** The containers that are running, paused or restarting. Rejects while Docker does not answer. */
export async function listUsedContainers(signal: AbortSignal): Promise<ListedContainer[]> {
  const filters = encodeURIComponent(JSON.stringify({ status: ["running", "paused", "restarting"] }));
  const path = `/containers/json?filters=${filters}`;
  const { status, body } = await requestDocker({ method: "GET", path, signal, maximumBytes: LIST_BYTES });
  if (status !== 200) {
    throw new WindlassError("WL_ENGINE_FAILED", `Cannot list the containers: Docker answered ${status}`);
  }
  return parseContainers(body);
}

/** By `/info`: a request for `/swarm` would leave an error in Docker's log each time. */
async function isSwarmMember(signal: AbortSignal): Promise<boolean> {
  const answer = await requestDocker({ method: "GET", path: "/info", signal, maximumBytes: LIST_BYTES });
  return answer.status === 200 && parseSwarmState(answer.body) !== "inactive";
}

/** State of this node in a swarm, from the answer to `/info`. Pure. */
export function parseSwarmState(body: string): string {
  const info: { Swarm?: { LocalNodeState?: string } } = JSON.parse(body);
  return info.Swarm?.LocalNodeState || "inactive";
}

/** Ids, names and states from the answer to a list of containers. Pure. */
export function parseContainers(body: string): ListedContainer[] {
  const list: { Id: string; Names: string[]; State: string }[] = JSON.parse(body);
  return list.map(({ Id, Names, State }) => ({
    id: Id,
    name: (Names[0] ?? "").replace(/^\//, ""),
    state: State,
  }));
}

/** How many connections a listener has accepted whose clients are still connected, from the text of /proc/net/unix. Pure. */
export function countConnections(text: string, path: string): number {
  let count = 0;
  for (const line of text.split("\n")) {
    // Num RefCount Protocol Flags Type St Inode Path
    const fields = line.trim().split(/\s+/);
    const hasPeer = Number.parseInt(fields[1] ?? "", 16) >= REFERENCES_WITH_PEER;
    if (fields[7] === path && fields[5] === CONNECTED && hasPeer) count++;
  }
  return count;
}
