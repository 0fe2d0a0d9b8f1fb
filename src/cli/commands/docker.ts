import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { askHost } from "../running_host.ts";
import { waitForEngine } from "./start.ts";

/** In the engine distro: runs the Docker CLI among the user's own folders. */
const DOCKER_CLI = "/usr/lib/windlass/docker-cli";

/**
 * `windlass docker ...`: the Docker CLI of the engine distro, with the user's working directory, terminal and
 * Docker configuration. It talks to the same socket as every other client.
 */
export async function docker(input: CommandInput, context: CommandContext): Promise<number> {
  const home = context.home();
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  const status = await askHost(client);
  if (status === undefined) {
    throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot run the Docker CLI: Windlass does not run");
  }
  if (status.engine.state !== "running") {
    await client.engine.start({ signal: context.signal });
    await waitForEngine(home, client, context);
  }
  // Whatever wsl itself has to say is for the user's terminal.
  Deno.env.set("WSL_UTF8", "1");
  const { runWsl } = await import("../../wsl/linux/main.ts");
  const settings = [
    `DOCKER_HOST=unix:///mnt/c${home.dockerSocket}`,
    ...["HOME", "TERM", "DOCKER_CONFIG", "BUILDX_BUILDER", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "NO_COLOR"]
      .flatMap((name) => {
        const value = Deno.env.get(name);
        return value === undefined ? [] : [`${name}=${value}`];
      }),
  ];
  return await runWsl([
    ...["-d", "windlass", "-u", "root", "--cd", "/", "--exec"],
    ...[DOCKER_CLI, Deno.cwd(), ...settings, "--", ...input.operands],
  ]);
}
