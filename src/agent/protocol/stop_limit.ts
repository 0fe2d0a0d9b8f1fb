import { RPC_LIMITS } from "./rpc_limits.ts";
import type { StopWait } from "./dockerd_state.ts";

/** How long a stop may take that waits for these; `Infinity` where one has no limit. Pure. */
export function stopMilliseconds(waits: readonly StopWait[], least: number): number {
  const [longest] = waits;
  if (longest === undefined) return least;
  if (longest.seconds === null) return Infinity;
  return Math.max(least, longest.seconds * 1_000 + RPC_LIMITS.stopMarginMilliseconds);
}
