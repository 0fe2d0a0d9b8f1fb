import { join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Home } from "../host/home.ts";
import { thisMachine } from "../host/machine/this_machine.ts";
import { runInForeground } from "../platform/foreground_process.ts";
import type { TranslateText } from "../relay/paths/translate_path.ts";
import { findWsl } from "../wsl/windows/find_wsl.ts";
import { openWindowsWsl } from "../wsl/windows/windows_wsl.ts";
import type { CommandContext } from "./command.ts";
import { addedVariables, distroEnvironment } from "./docker_cli_environment.ts";
import { configuredHelpers, dockerConfigFile } from "./missing_credential_programs.ts";
import { EXIT } from "./print_error.ts";
import {
  ADD_CREDENTIAL_STAND_INS,
  CLIENT_SOCKET,
  CREDENTIAL_STAND_INS,
} from "../agent/protocol/distro_paths.ts";

/** The API as programs of this machine get it, inside the distro: `C:\...` means what it means here. */
const DOCKER_HOST = `unix://${CLIENT_SOCKET}`;
/** In the engine distro. Nothing but env(1) comes before it: shells drop or change variables such as `my.name` and `UID`. */
const DOCKER_CLI = "/usr/bin/docker";
/** Where the CLI finds its tools, and after them the stand-ins. */
const SEARCH_PATH = `/usr/sbin:/usr/bin:/sbin:/bin:${CREDENTIAL_STAND_INS}`;
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
  const translate = (await thisMachine()).translateText(home, () => distro);
  const environment = context.environment();
  const { command } = findWsl();
  const { configFile, helpers, words, crossing } = dockerCliCall({
    args,
    distro,
    folder: Deno.cwd(),
    home: home.root,
    environment,
    translate,
    configText: await readConfig(args, environment, home.root),
  });
  if (helpers.length > 0) {
    // Where that fails, as in a distro of an older version, the CLI itself reports what it does not find.
    await openWindowsWsl({ command }).run({ distro, argv: [ADD_CREDENTIAL_STAND_INS, ...helpers] });
  }
  const code = await runInForeground([...command, ...words], {
    ...environment, // the user's, of which this process's own may lack some
    WSL_UTF8: "1",
    WSLENV: crossing,
    WINDLASS_DOCKER_CONFIG: configFile,
  });
  if (code <= MAXIMUM_EXIT_CODE) return code;
  return code === STATUS_CONTROL_C_EXIT ? EXIT.interrupted : EXIT.failed;
}

/** Input of {@linkcode dockerCliCall}. */
export interface DockerCliInput {
  readonly args: readonly string[];
  readonly distro: string;
  /** The user's current folder. */
  readonly folder: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly translate: TranslateText;
  /** The Docker configuration that the CLI will read; empty if there is none. */
  readonly configText: string;
}

/** How wsl runs the CLI. */
export interface DockerCliCall {
  readonly words: readonly string[];
  /** Programs that the Docker configuration names and the distro does not have. */
  readonly helpers: readonly string[];
  /** WSLENV */
  readonly crossing: string;
  /** The Docker configuration, for messages. */
  readonly configFile: string;
}

/**
 * How wsl runs the CLI in the user's folder, with the user's variables. Pure.
 *
 * @throws {WindlassError} `WL_FOLDER_UNREACHABLE` if the distro does not have that folder, as on a network share;
 * `WL_NOT_SUPPORTED` if a build is to use the ssh agent of Windows.
 */
export function dockerCliCall(call: DockerCliInput): DockerCliCall {
  const { environment, translate } = call;
  requireNoAgent(call.args);
  const folder = translate(call.folder);
  if (typeof folder !== "string") {
    const state = "the folder is not on a drive of this machine";
    throw new WindlassError(
      "WL_FOLDER_UNREACHABLE",
      `Cannot run the Docker CLI in '${call.folder}': ${state}`,
    );
  }
  const inDistro = (path: string) => {
    const translated = translate(path);
    return typeof translated === "string" ? translated : path.replaceAll("\\", "/");
  };
  const { translated, crossing } = distroEnvironment(
    { ...environment, DOCKER_CONFIG: configFolder(environment, call.home) },
    inDistro,
  );
  const settings = Object.entries({
    DOCKER_HOST,
    PATH: SEARCH_PATH,
    ...addedVariables(environment),
    ...translated,
  })
    .map(([name, value]) => `${name}=${value}`);
  return {
    helpers: [...new Set(configuredHelpers(call.configText).map(({ program }) => program))],
    words: [
      ...["-d", call.distro, "-u", "root", "--cd", folder],
      ...["--exec", "/usr/bin/env", ...settings, DOCKER_CLI, ...call.args],
    ],
    crossing: ["WINDLASS_DOCKER_CONFIG", ...(crossing === "" ? [] : [crossing])].join(":"),
    configFile: configFile(call.args, environment, call.home),
  };
}

function configFolder(environment: DockerCliInput["environment"], home: string): string {
  return environment["DOCKER_CONFIG"] || join(home, "docker");
}

function configFile(
  args: readonly string[],
  environment: DockerCliInput["environment"],
  home: string,
): string {
  return dockerConfigFile(args, { DOCKER_CONFIG: configFolder(environment, home) }, home);
}

async function readConfig(...call: Parameters<typeof configFile>): Promise<string> {
  return await Deno.readTextFile(configFile(...call)).catch(() => "");
}

/** A build with `--ssh` and no key asks for the agent, which on Windows listens on a pipe that no distro reaches. */
function requireNoAgent(args: readonly string[]): void {
  const build = args.indexOf("build");
  if (build < 0 || args.slice(0, build).some((word) => word === "run" || word === "exec")) return;
  for (const [index, word] of args.entries()) {
    const value = word === "--ssh" ? args[index + 1] ?? "" : word.startsWith("--ssh=") ? word.slice(6) : "=";
    if (index < build || value.includes("=")) continue;
    throw new WindlassError(
      "WL_NOT_SUPPORTED",
      `Cannot use the ssh agent in this build: it is a program of Windows, which the engine distro cannot reach`,
      { remedy: `Name a key file instead, such as '--ssh default=.ssh/id_ed25519'.` },
    );
  }
}
