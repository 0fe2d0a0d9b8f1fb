import { WindlassError } from "../../errors/windlass_error.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import type { CommandInput } from "../command.ts";

/**
 * `windlass wsl ...`: the WSL command line of this instance.
 *
 * @throws {WindlassError} `WL_NOT_SUPPORTED` on Windows, which has its own.
 */
export async function wsl(input: CommandInput): Promise<number> {
  if (OPERATING_SYSTEM === "windows") {
    throw new WindlassError("WL_NOT_SUPPORTED", "Cannot run 'windlass wsl': Windows has its own WSL", {
      remedy: "Use 'wsl.exe' with the same arguments.",
    });
  }
  return await (await import("../../wsl/linux/main.ts")).runWsl(input.operands);
}
