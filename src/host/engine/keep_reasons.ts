import type { EngineUse } from "../../agent/protocol/rpc_messages.ts";
import type { KeepReason } from "../../api/resources/engine.ts";

export { keepsEngine, reasonsOfRequests } from "../../relay/keeping_requests.ts";

/** Names that are listed; more would fill a terminal. */
const LISTED_NAMES = 3;

/** Why what the agent sees keeps the engine. Pure. */
export function reasonsOfUse(use: EngineUse): KeepReason[] {
  const reasons: KeepReason[] = [];
  if (use.containerCount > 0) reasons.push({ what: containerWords(use), since: null });
  if (use.swarm) reasons.push({ what: "swarm", since: null });
  reasons.push(...use.workspaceRequests ?? []);
  if (use.localClients > 0) reasons.push({ what: "Docker client in the distro", since: null });
  return reasons;
}

function containerWords({ containers, containerCount }: EngineUse): string {
  const names = containers.slice(0, LISTED_NAMES)
    .map(({ name, state }) => state === "running" ? name : `${name} (${state})`);
  const rest = containerCount - names.length;
  const list = `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return containerCount === 1 ? `container ${list}` : `containers ${list}`;
}
