import type { BackgroundOptions, BackgroundProcess } from "./background_process.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * Starts a program that no terminal, no end of this process and no Ctrl-C ends.
 *
 * @throws {WindlassError} `WL_PROGRAM_MISSING` when it cannot be started.
 */
export async function startInBackground(options: BackgroundOptions): Promise<BackgroundProcess> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return (await import("./linux/background_process.ts")).startInSession(options);
    case "windows":
      return (await import("./windows/background_process.ts")).startWithoutConsole(options);
  }
}
