import { join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Home } from "../host/home.ts";
import { thisMachine } from "../host/machine.ts";
import { runInForeground } from "../platform/foreground_process.ts";
import type { TranslatePath } from "../relay/translate_path.ts";
import { findWsl } from "../wsl/windows/find_wsl.ts";
import type { CommandContext } from "./command.ts";
import { EXIT } from "./print_error.ts";

/** The API as programs of this machine get it, inside the distro: `C:\...` means what it means here. */
const DOCKER_HOST = "unix:///run/windlass/docker.sock";
/** What of the user's environment the CLI reads, apart from paths. */
const PASSED_ON = ["TERM", "BUILDX_BUILDER", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "NO_COLOR"];
/** Exit codes above are wsl's own: it failed, or Windows ended it. */
const MAXIMUM_EXIT_CODE = 255;
/** What a program of Windows ends with that Ctrl-C has ended. */
const STATUS_CONTROL_C_EXIT = 0xc000_013a;

/**
 * Runs the Docker CLI of the distro in this process's console. Its registry logins are kept in our home: what is in
 * the user's own Docker configuration on Windows names helper programs that only Windows can run.
 */
export async function runDockerCli(
  args: readonly string[],
  distro: string,
  home: Home,
  context: Pick<CommandContext, "environment">,
): Promise<number> {
  const translate = (await thisMachine()).translatePath(home, () => distro);
  const { command } = findWsl();
  const code = await runInForeground(
    [
      ...command,
      ...dockerCliArguments({
        args,
        distro,
        folder: Deno.cwd(),
        home: home.root,
        environment: context.environment(),
        translate,
      }),
    ],
    { WSL_UTF8: "1" },
  );
  if (code <= MAXIMUM_EXIT_CODE) return code;
  return code === STATUS_CONTROL_C_EXIT ? EXIT.interrupted : EXIT.failed;
}

/** What {@linkcode dockerCliArguments} is a function of. */
export interface DockerCliCall {
  readonly args: readonly string[];
  readonly distro: string;
  /** The user's current folder. */
  readonly folder: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly translate: TranslatePath;
}

/**
 * The arguments of wsl that run the CLI in the user's folder. Pure.
 *
 * @throws {WindlassError} `WL_FOLDER_UNREACHABLE` if the distro does not have that folder, as on a network share.
 */
export function dockerCliArguments(call: DockerCliCall): string[] {
  const { environment, translate } = call;
  const folder = translate(call.folder);
  if (typeof folder !== "string") {
    const state = "the folder is not on a drive of this machine";
    throw new WindlassError(
      "WL_FOLDER_UNREACHABLE",
      `Cannot run the Docker CLI in '${call.folder}': ${state}`,
    );
  }
  const config = environment["DOCKER_CONFIG"] ?? join(call.home, "docker");
  const configFolder = translate(config);
  const settings = [
    `DOCKER_HOST=${DOCKER_HOST}`,
    `DOCKER_CONFIG=${typeof configFolder === "string" ? configFolder : config}`,
    ...PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [`${name}=${value}`];
    }),
  ];
  return [
    ...["-d", call.distro, "-u", "root", "--cd", folder],
    ...["--exec", "/usr/bin/env", ...settings, "/usr/bin/docker", ...call.args],
  ];
}
