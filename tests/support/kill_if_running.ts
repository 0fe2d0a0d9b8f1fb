import { descendants, listProcesses } from "./process_tree.ts";

/** Kills a process unless it has just ended by itself: a timer cannot know, and a throw in one would end the test run. */
export function killIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended; another process may hold its output.
  }
}

/** Kills all that a process has started, and not itself. */
export async function killDescendants(root: number): Promise<void> {
  for (const { pid } of descendants(await listProcesses(), root)) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
