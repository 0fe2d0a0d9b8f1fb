import { Installation } from "../host/installation.ts";
import type { CommandContext } from "./command.ts";

/** The installation that this process was started from. @throws {WindlassError} `WL_HOME_INVALID` or `WL_NOT_PACKAGED`. */
export function ownInstallation(
  context: Pick<CommandContext, "home" | "executable" | "version">,
): Installation {
  return new Installation({
    home: context.home(),
    executable: context.executable(),
    version: context.version(),
  });
}
