import type { Home } from "../host/home.ts";
import { requirePrivileges } from "../platform/privileges.ts";
import { CALLER_PREFIX } from "./caller_environment.ts";
import { addedVariables, variablesToDrop } from "./docker_cli_environment.ts";
import { missingCredentialHelpers } from "./missing_credential_programs.ts";

/** In the engine distro. */
const DOCKER_CLI = "/usr/bin/docker";
/** The same in the engine distro and, for the CLI, on the machine: one of the folders in which it looks for plugins. */
const PLUGIN_FOLDER = "/usr/libexec/docker/cli-plugins";

/**
 * Becomes the Docker CLI of the engine distro, which runs on the machine as if it were installed there: every path,
 * name, variable, socket, program and signal is the user's.
 */
export async function runDockerCli(args: readonly string[], distro: string, home: Home): Promise<never> {
  requirePrivileges("run the Docker CLI");
  const { runOutside, STAND_IN_FOLDER } = await import("../wsl/linux/run_outside.ts");
  const variables = Deno.env.toObject();
  const standIns = await missingCredentialHelpers(args, variables);
  // Behind the user's own folders, so that a helper which is installed meanwhile wins.
  const path = standIns.length === 0
    ? {}
    : { PATH: `${variables["PATH"] ?? ""}:${PLUGIN_FOLDER}/${STAND_IN_FOLDER}` };
  return await runOutside({
    distro,
    program: DOCKER_CLI,
    plugins: PLUGIN_FOLDER,
    at: PLUGIN_FOLDER,
    unset: variablesToDrop(variables),
    restore: CALLER_PREFIX,
    set: { ...path, ...addedVariables(variables), DOCKER_HOST: home.dockerHost },
    standIns,
    folder: variables["WINDLASS_FOLDER"],
  }, args);
}
