import { unlessMissingSync } from "../../errors/unless_missing.ts";
import type { Log } from "../../logging/log.ts";
import { DOCKERD_SOCKET } from "../protocol/distro_paths.ts";
import { CONTAINERD_PROCESS_ID } from "./engine_broken.ts";

/** Here dockerd keeps network namespaces alive by mounting them. */
const NAMESPACES_FOLDER = "/run/docker/netns/";

/**
 * Removes what a killed dockerd leaves and the next one does not: its socket, its process ids, which may be
 * somebody else's by now, and the mounts by which network namespaces outlive their processes. Only to be called
 * while no dockerd runs.
 */
export async function removeStaleFiles(log: Log): Promise<void> {
  for (const path of [DOCKERD_SOCKET, "/run/docker.pid", CONTAINERD_PROCESS_ID]) {
    unlessMissingSync(() => Deno.removeSync(path));
  }
  const namespaces = namespaceMounts(Deno.readTextFileSync("/proc/self/mountinfo"));
  if (namespaces.length === 0) return;
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const { success } = await new Deno.Command("umount", { args: ["-l", ...namespaces], ...streams }).output();
  if (!success) log("warn", "agent.stale_files.mounts_remain", { mounts: namespaces.length });
}

/** dockerd's namespace mounts in a /proc/self/mountinfo, the newest of a stack first. Pure. */
export function namespaceMounts(mountinfo: string): string[] {
  const points = mountinfo.split("\n").map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(NAMESPACES_FOLDER)).reverse();
}
