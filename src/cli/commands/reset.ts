import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createHome } from "../../host/home.ts";
import { openInstanceDistros } from "../../host/instance_distros.ts";
import { thisMachine } from "../../host/machine.ts";
import { claimHome } from "../../host/single_instance.ts";
import { NO_LOG } from "../../logging/log.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { start } from "./start.ts";
import { stopHost } from "./stop.ts";

/** `windlass reset`: a fresh engine, and with `--data` nothing of the old. A running Windlass runs again after it. */
export async function reset(input: CommandInput, context: CommandContext): Promise<number> {
  const data = input.flags["data"] === true;
  if (data && input.flags["yes"] !== true) {
    throw new WindlassError(
      "WL_CONFIRM_NEEDED",
      "Cannot reset with --data: that deletes all images, containers and volumes, and --yes is missing",
    );
  }
  requirePrivileges("reset Windlass");
  const home = context.home();
  const wasRunning = await stopHost(home, context);
  await createHome(home);
  const executable = context.executable();
  {
    using _claim = await claimHome(home);
    const wsl = (await thisMachine()).wsl(executable, home);
    const distros = await openInstanceDistros({
      wsl,
      home,
      executable,
      versionId: context.version().id,
      log: NO_LOG,
    });
    await distros.reset({ data, progress: (event) => context.note(`${event.title} '${event.distro}'\n`) });
  }
  context.note(data ? "The engine and all its data are gone\n" : "The engine is gone; its data is kept\n");
  if (!wasRunning) return EXIT.ok;
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  return await askHost(client) === undefined ? await start({ flags: {}, operands: [] }, context) : EXIT.ok;
}
