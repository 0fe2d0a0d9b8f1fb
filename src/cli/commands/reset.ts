import { hostClient } from "../../host/host_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createHome } from "../../host/home.ts";
import { openInstanceDistros } from "../../host/engine/instance_distros.ts";
import { thisMachine } from "../../host/machine/this_machine.ts";
import { claimHome } from "../../host/single_instance.ts";
import { NO_LOG } from "../../logging/log.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ownInstallation } from "../own_installation.ts";
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
      "Cannot reset with --data: this deletes all images, containers and volumes, and needs --yes",
    );
  }
  requirePrivileges("reset Windlass");
  const home = context.home();
  const wasRunning = await stopHost(home, context);
  await createHome(home);
  {
    using installation = ownInstallation(context);
    using _claim = await claimHome(home);
    const wsl = (await thisMachine()).wsl(installation.executable, home);
    const distros = await openInstanceDistros({ wsl, installation, log: NO_LOG });
    const [foreign] = await distros.foreign();
    if (foreign !== undefined) throw foreign;
    await distros.reset({ data, progress: (event) => context.note(`${event.title} '${event.distro}'\n`) });
  }
  context.note(
    data ? "The engine and all its data were removed\n" : "The engine was removed; its data was kept\n",
  );
  if (!wasRunning) return EXIT.ok;
  using client = hostClient(home);
  return await askHost(client) === undefined ? await start({ flags: {}, operands: [] }, context) : EXIT.ok;
}
