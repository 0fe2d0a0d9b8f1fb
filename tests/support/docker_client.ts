import { dirname, join } from "node:path";
import { InteractiveProcess } from "./interactive_process.ts";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "./run_command.ts";
import { openTemporaryFolder, type TemporaryFolder } from "./temporary_folder.ts";
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

/** What {@linkcode createDockerClient} makes a client of. */
export interface DockerClientParts {
  /** The program, as the place where it runs names it. */
  readonly docker: string;
  readonly socketPath: string;
  readonly env: Record<string, string>;
  /**
   * Turns a command with its variables and folder into one that this machine can run; without it, the client runs on the
   * machine itself.
   */
  readonly enter?: (argv: readonly string[], env: Record<string, string>, folder?: string) => string[];
  dispose(): PromiseLike<void>;
}

/** Opens a client for an engine at `unix://...`; disposal removes its configuration folder. */
export async function openDockerClient(dockerHost: string): Promise<DockerClient> {
  const folder = await openDockerConfiguration();
  return createDockerClient({
    ...await clientParts(dockerHost, folder.path),
    dispose: () => folder[Symbol.asyncDispose](),
  });
}

/** Opens a folder that names the plugins of the test clients, for `DOCKER_CONFIG`. */
export async function openDockerConfiguration(): Promise<TemporaryFolder> {
  const { pluginFolder } = await openTestClients();
  const folder = await openTemporaryFolder("windlass-client");
  const configuration = { cliPluginsExtraDirs: [pluginFolder] };
  await Deno.writeTextFile(join(folder.path, "config.json"), JSON.stringify(configuration));
  return folder;
}

/** The parts of a client on this machine with that configuration folder. */
export async function clientParts(
  dockerHost: string,
  folder: string,
): Promise<Omit<DockerClientParts, "dispose">> {
  const { docker } = await openTestClients();
  return {
    docker,
    socketPath: dockerHost.replace(/^unix:\/\//, ""),
    env: {
      DOCKER_HOST: dockerHost,
      DOCKER_CONFIG: folder,
      BUILDX_CONFIG: join(folder, "buildx"),
      DOCKER_CLI_HINTS: "false",
      HOME: folder,
      TERM: "xterm",
      PATH: `${dirname(docker)}:${Deno.env.get("PATH") ?? ""}`,
    },
  };
}

/** Makes a client of its parts. */
export function createDockerClient(parts: DockerClientParts): DockerClient {
  const { docker, socketPath, env, enter } = parts;
  /** The command and its options, on this machine or as the place where the client runs is entered. */
  const entered = (
    argv: readonly string[],
    { env: more, cwd, ...options }: RunOptions = {},
  ): { readonly argv: readonly string[]; readonly options: RunOptions } => {
    const variables = { ...env, ...more };
    if (enter !== undefined) return { argv: enter(argv, variables, cwd), options };
    return { argv, options: { ...options, env: variables, ...(cwd === undefined ? {} : { cwd }) } };
  };
  const start = (argv: readonly string[], more: Record<string, string> = {}) => {
    const command = entered(argv, { env: more });
    return new InteractiveProcess(command.argv, command.options.env);
  };
  const checked = async (argv: readonly string[], options?: RunOptions) => {
    const command = entered(argv, options);
    return (await runChecked(command.argv, command.options)).stdout.trim();
  };
  return {
    dockerHost: `unix://${socketPath}`,
    socketPath,
    env,
    attempt: (args, options) => {
      const command = entered([docker, ...args], options);
      return runCommand(command.argv, command.options);
    },
    run: (args, options) => checked([docker, ...args], options),
    shell: (line, options) => checked(["sh", "-c", line], options),
    start: (args) => start([docker, ...args]),
    startOnTerminal: (line) =>
      start(["script", "-qfec", `stty rows 40 cols 100; ${line}`, "/dev/null"], { SHELL: "/bin/sh" }),
    [Symbol.asyncDispose]: () => Promise.resolve(parts.dispose()),
  };
}
