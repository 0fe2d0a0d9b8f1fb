import type { Log } from "../../logging/log.ts";

/**
 * Kernel-wide limits for programs in containers: files below /proc/sys with their least values.
 * Databases and search engines refuse to start below the first; the others are used up by watchers of source folders.
 */
const LEAST: readonly (readonly [path: string, value: number])[] = [
  ["vm/max_map_count", 262_144],
  ["fs/inotify/max_user_instances", 8_192],
  ["fs/inotify/max_user_watches", 1_048_576],
];

/**
 * Raises what is too low; never lowers anything. The kernel forgets it with the virtual machine, so this is done at
 * each start of the agent.
 *
 * @param folder Replaced in tests.
 */
export function tuneKernel(log: Log, folder = "/proc/sys"): void {
  for (const [path, least] of LEAST) {
    try {
      const now = Number(Deno.readTextFileSync(`${folder}/${path}`));
      if (now >= least) continue;
      Deno.writeTextFileSync(`${folder}/${path}`, String(least));
      log("info", "agent.kernel.raised", { path, from: now, to: least });
    } catch (error) {
      log("info", "agent.kernel.setting", { path, reason: String(error) });
    }
  }
}
