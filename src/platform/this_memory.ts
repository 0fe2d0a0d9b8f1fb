import { collectGarbage } from "./collect_garbage.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * Gives back to the system what this process does not use. On Windows that is garbage: its allocators return what is
 * free by themselves, and to empty the working set would only make the figure of the Task Manager smaller.
 */
export async function giveBackMemory(): Promise<void> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return (await import("./linux/memory.ts")).giveBackMemoryOnLinux();
    case "windows":
      return collectGarbage();
  }
}
