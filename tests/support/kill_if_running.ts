/** Kills a process unless it has just ended by itself: a timer cannot know, and a throw in one would end the test run. */
export function killIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended; another process may hold its output.
  }
}
