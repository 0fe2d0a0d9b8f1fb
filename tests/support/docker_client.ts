import { dirname, join } from "node:path";
import { InteractiveProcess } from "./interactive_process.ts";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "./run_command.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { openTestClients } from "./test_clients.ts";

/** The Docker CLI, pointed at one engine, with a configuration folder of its own. */
export interface DockerClient extends AsyncDisposable {
  readonly dockerHost: string;
  readonly socketPath: string;
  /** Variables that make any Docker client use this engine. */
  readonly env: Record<string, string>;
  /** Runs `docker ...args` and returns its trimmed stdout. @throws {Error} when it fails. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Runs `docker ...args`; a failure is a result like another. */
  attempt(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs a line of sh in which `docker` is this client, with pipes and redirections. */
  shell(line: string, options?: RunOptions): Promise<string>;
  /** Starts `docker ...args` with pipes. */
  start(args: readonly string[]): InteractiveProcess;
  /** Starts a line of sh under a pseudo terminal of 40 rows and 100 columns. */
  startOnTerminal(line: string): InteractiveProcess;
}

/** Opens a client for an engine at `unix://...`; disposal removes its configuration folder. */
export async function openDockerClient(dockerHost: string): Promise<DockerClient> {
  const clients = await openTestClients();
  const folder = await openTemporaryFolder("windlass-client");
  await Deno.writeTextFile(
    join(folder.path, "config.json"),
    JSON.stringify({ cliPluginsExtraDirs: [clients.pluginFolder] }),
  );
  const env = {
    DOCKER_HOST: dockerHost,
    DOCKER_CONFIG: folder.path,
    BUILDX_CONFIG: join(folder.path, "buildx"),
    DOCKER_CLI_HINTS: "false",
    HOME: folder.path,
    TERM: "xterm",
    PATH: `${dirname(clients.docker)}:${Deno.env.get("PATH") ?? ""}`,
  };
  const attempt = (args: readonly string[], options: RunOptions = {}) =>
    runCommand([clients.docker, ...args], { ...options, env: { ...env, ...options.env } });
  return {
    dockerHost,
    socketPath: dockerHost.replace(/^unix:\/\//, ""),
    env,
    attempt,
    async run(args, options = {}) {
      const argv = [clients.docker, ...args];
      return (await runChecked(argv, { ...options, env: { ...env, ...options.env } })).stdout.trim();
    },
    async shell(line, options = {}) {
      const argv = ["sh", "-c", line];
      return (await runChecked(argv, { ...options, env: { ...env, ...options.env } })).stdout.trim();
    },
    start: (args) => new InteractiveProcess([clients.docker, ...args], env),
    startOnTerminal: (line) => {
      const argv = ["script", "-qfec", `stty rows 40 cols 100; ${line}`, "/dev/null"];
      return new InteractiveProcess(argv, { ...env, SHELL: "/bin/sh" });
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
