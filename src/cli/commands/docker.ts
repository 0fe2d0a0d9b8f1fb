import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { askHost } from "../running_host.ts";
import { waitForEngine } from "./start.ts";

/**
 * `windlass docker ...`: the Docker CLI of the engine distro, with the user's working directory and terminal. It
 * gets the same API as every other client.
 */
export async function docker(input: CommandInput, context: CommandContext): Promise<number> {
  const home = context.home();
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  let status = await askHost(client);
  if (status === undefined) {
    throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot run the Docker CLI: Windlass does not run");
  }
  if (status.engine.state !== "running") {
    await client.engine.start({ signal: context.signal });
    status = await waitForEngine(home, client, context);
  }
  const distro = status.distro.name;
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("../docker_cli_linux.ts")).runDockerCli(input.operands, distro, home);
    case "windows":
      return await (await import("../docker_cli_windows.ts")).runDockerCli(
        input.operands,
        distro,
        home,
        context,
      );
  }
}
