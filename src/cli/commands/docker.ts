import { hostClient } from "../../host/host_client.ts";
import { foreignPipe } from "../../host/clients/pipe_holder.ts";
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
  using client = hostClient(home);
  let status = await askHost(client);
  if (status === undefined) {
    const taken = await foreignPipe(home);
    if (taken !== undefined) throw taken; // a start would fail for the same reason
    throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot run the Docker CLI: Windlass is not running");
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
