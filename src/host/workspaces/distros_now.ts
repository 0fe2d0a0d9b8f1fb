import type { ListedDistro, Wsl } from "../../wsl/wsl.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";

/** A distro, and whether it runs at this moment. */
export interface DistroNow extends Omit<ListedDistro, "state"> {
  readonly state: "running" | "stopped" | "busy";
}

/**
 * All distros as they are now; starts none. Where the list itself does not say what runs, `wsl` is asked for that.
 *
 * @throws {WindlassError} What listing fails with; `WL_WSL_TIMEOUT` after a limit that is short enough for a check.
 */
export async function distrosNow(
  wsl: Pick<Wsl, "list" | "running">,
  signal: AbortSignal,
): Promise<readonly DistroNow[]> {
  const call = { signal, timeoutMilliseconds: WORKSPACE_LIMITS.listMilliseconds };
  const distros = await wsl.list(call);
  const isUnknown = distros.some(({ state }) => state === "registered");
  const running = new Set((isUnknown ? await wsl.running(call) : []).map((name) => name.toLowerCase()));
  return distros.map((distro): DistroNow => {
    const { state } = distro;
    if (state !== "registered") return { ...distro, state };
    return { ...distro, state: running.has(distro.name.toLowerCase()) ? "running" : "stopped" };
  });
}
