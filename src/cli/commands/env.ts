import { foreignPipe } from "../../host/clients/pipe_holder.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../../platform/operating_system.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { type Shell, SHELLS, shellSetting } from "../shell_setting.ts";

/** The shell that most people of a system use. */
const USUAL_SHELL: Readonly<Record<OperatingSystem, Shell>> = { linux: "posix", windows: "powershell" };

/** `windlass env`: for `eval "$(windlass env)"`, or `windlass env | Invoke-Expression`. */
export async function env(
  input: CommandInput,
  context: Pick<CommandContext, "home" | "print">,
): Promise<number> {
  const shell = shellOf(input.flags["shell"]);
  const home = context.home();
  const taken = await foreignPipe(home);
  if (taken !== undefined) throw taken;
  context.print(`${shellSetting(shell, "DOCKER_HOST", home.dockerHost)}\n`);
  return EXIT.ok;
}

function shellOf(flag: string | boolean | undefined): Shell {
  const shell = SHELLS.find((known) => known === (flag ?? USUAL_SHELL[OPERATING_SYSTEM]));
  if (shell !== undefined) return shell;
  throw new WindlassError("WL_USAGE", `Cannot print the line for '${flag}': unknown shell`, {
    remedy: `Choose one of ${SHELLS.join(", ")}; bash, zsh and other Unix shells are 'posix'.`,
  });
}
