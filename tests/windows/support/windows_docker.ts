import { dirname } from "node:path";
import type { InteractiveProcess } from "../../support/interactive_process.ts";
import type { CommandResult } from "../../support/run_command.ts";
import { openGoProgram } from "./go_programs.ts";
import type { WindowsProgram, Wine } from "./wine.ts";
import type { WindowsRunOptions } from "./windows_run.ts";

/** Where a machine has docker.exe, and where that looks for its plugins. */
const FOLDER = "C:\\Program Files\\Docker";
const FILES = {
  "docker.exe": `${FOLDER}\\docker.exe`,
  "docker-buildx.exe": `${FOLDER}\\cli-plugins\\docker-buildx.exe`,
  "docker-compose.exe": `${FOLDER}\\cli-plugins\\docker-compose.exe`,
} as const;

/** How one call of docker.exe differs from the usual. */
export interface DockerOptions extends WindowsRunOptions, Pick<WindowsProgram, "cwd" | "environment"> {}

/** docker.exe on one machine, with no word about where its engine is: it looks at `\\.\pipe\docker_engine`. */
export interface WindowsDocker {
  program(args: readonly string[], options?: Pick<WindowsProgram, "cwd" | "environment">): WindowsProgram;
  /** Runs it and returns its trimmed stdout. @throws {Error} when it fails. */
  run(args: readonly string[], options?: DockerOptions): Promise<string>;
  /** Runs it; a failure is a result like another. */
  attempt(args: readonly string[], options?: DockerOptions): Promise<CommandResult>;
  start(args: readonly string[]): InteractiveProcess;
}

/** Puts docker.exe with buildx and compose into a prefix. */
export async function installDocker(wine: Wine): Promise<WindowsDocker> {
  for (const [name, place] of Object.entries(FILES)) {
    const path = wine.toLinux(place);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.symlink(await openGoProgram(name), path);
  }
  const program: WindowsDocker["program"] = (args, options = {}) => ({
    program: FILES["docker.exe"],
    args,
    ...options,
    environment: { DOCKER_CLI_HINTS: "false", ...options.environment },
  });
  const attempt: WindowsDocker["attempt"] = (args, options = {}) => {
    const { cwd, environment, ...run } = options;
    const where = { ...(cwd ? { cwd } : {}), ...(environment ? { environment } : {}) };
    return wine.run(program(args, where), run);
  };
  return {
    program,
    attempt,
    async run(args, options) {
      const { code, stdout, stderr } = await attempt(args, options);
      if (code !== 0) {
        throw new Error(`Cannot run 'docker.exe ${args.join(" ")}': exit code ${code}: ${stderr}${stdout}`);
      }
      return stdout.trim();
    },
    start: (args) => wine.start(program(args)),
  };
}
