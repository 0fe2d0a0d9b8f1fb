import { WindlassError } from "../errors/windlass_error.ts";
import { callWsl, type WslCommand } from "./call_wsl.ts";
import { launchArguments } from "./launch_arguments.ts";
import { spawnWsl } from "./spawn_wsl.ts";
import type {
  ImportOptions,
  ListedDistro,
  RunOptions,
  RunResult,
  Wsl,
  WslCallOptions,
  WslVersion,
} from "./wsl.ts";
import { importFailure, isWslFailure, type WslCallResult, wslFailure } from "./call_failure.ts";
import { WSL_LIMITS, type WslLimits } from "./wsl_limits.ts";
import { findPrintedError, parseList, parseNames, parseVersion } from "./wsl_output.ts";

/** How `wsl` is called on this machine, and limits other than the usual ones. */
export interface CreateWslOptions extends WslCommand {
  readonly limits?: Partial<WslLimits>;
}

/**
 * The driver of a `wsl` command line: that of Windows, or the one for Linux. Starts nothing by itself.
 *
 * @example
 * ```ts
 * const wsl = createWsl({ command: ["C:\\Program Files\\WSL\\wsl.exe"] });
 * const names = (await wsl.list()).map((distro) => distro.name);
 * ```
 */
export function createWsl(options: CreateWslOptions): Wsl {
  const driver = new Driver(options, { ...WSL_LIMITS, ...options.limits });
  return {
    list: (call) => driver.list(call),
    running: (call) => driver.running(call),
    version: (call) => driver.version(call),
    import: (call) => driver.import(call),
    unregister: (name, call) =>
      driver.succeed(
        `unregister the distro '${name}'`,
        ["--unregister", name],
        "unregisterMilliseconds",
        call,
      ),
    terminate: (name, call) =>
      driver.succeed(`terminate the distro '${name}'`, ["--terminate", name], "terminateMilliseconds", call),
    shutdown: (call) => driver.succeed("shut WSL down", ["--shutdown"], "shutdownMilliseconds", call),
    run: (call) => driver.run(call),
    spawn: (call) => spawnWsl(options, call, driver.limits),
  };
}

type TimeLimit = Extract<keyof WslLimits, `${string}Milliseconds`>;

/** Each look takes longer than what disturbs it; so many in a row are not disturbed by chance. */
const LIST_TRIES = 5;

class Driver {
  constructor(readonly command: WslCommand, readonly limits: WslLimits) {}

  async list(options?: WslCallOptions): Promise<readonly ListedDistro[]> {
    const action = "list the distros";
    for (let look = 1;; look++) {
      const result = await this.#call(action, ["--list", "--verbose"], "listMilliseconds", options);
      if (result.exitCode === 0) return parseList(result.stdout);
      // With no distro at all this is an error without code line, told from others by the quiet list: that one
      // succeeds and prints nothing.
      const quiet = await this.#call(action, ["--list", "--quiet", "--all"], "listMilliseconds", options);
      if (quiet.exitCode === 0 && quiet.stdout.trim() === "") return [];
      // Distros that come and go between the two calls make them disagree.
      if (quiet.exitCode !== 0 || look === LIST_TRIES) throw wslFailure(action, result);
    }
  }

  async running(options?: WslCallOptions): Promise<readonly string[]> {
    const action = "list the distros that run";
    const args = ["--list", "--running", "--quiet"];
    const result = await this.#call(action, args, "listMilliseconds", options);
    if (result.exitCode === 0) return parseNames(result.stdout);
    // Some versions call it an error, without a code line, that none runs. As in list(), the quiet list tells this from
    // others.
    if (findPrintedError(result.stdout) === null) {
      const quiet = await this.#call(action, ["--list", "--quiet", "--all"], "listMilliseconds", options);
      if (quiet.exitCode === 0) return [];
    }
    throw wslFailure(action, result);
  }

  async version(options?: WslCallOptions): Promise<WslVersion> {
    const action = "read the version of WSL";
    const result = await this.#call(action, ["--version"], "versionMilliseconds", options);
    const version = result.exitCode === 0 ? parseVersion(result.stdout) : null;
    if (version === null) throw wslFailure(action, result);
    return version;
  }

  async import(options: ImportOptions): Promise<void> {
    const { name, directory, source } = options;
    const result = await this.#call(
      `import the distro '${name}'`,
      // Without a version the user's default decides, which may be 1.
      ["--import", name, directory, "-", "--version", "2"],
      "importMilliseconds",
      options,
      source,
    );
    if (result.exitCode !== 0) throw importFailure(name, directory, result);
  }

  async run(options: RunOptions): Promise<RunResult> {
    const action = `run '${options.argv[0]}' in the distro '${options.distro}'`;
    const input = options.input === undefined ? undefined : new Blob([options.input]).stream();
    const result = await this.#call(action, launchArguments(options), "runMilliseconds", options, input);
    if (isWslFailure(result)) throw wslFailure(action, result);
    return result;
  }

  /** A call of which only the success counts. */
  async succeed(
    action: string,
    args: readonly string[],
    limit: TimeLimit,
    options?: WslCallOptions,
  ): Promise<void> {
    const result = await this.#call(action, args, limit, options);
    if (result.exitCode !== 0) throw wslFailure(action, result);
  }

  async #call(
    action: string,
    args: readonly string[],
    limit: TimeLimit,
    options: WslCallOptions = {},
    input?: ReadableStream<Uint8Array>,
  ): Promise<WslCallResult> {
    const timeoutMilliseconds = options.timeoutMilliseconds ?? this.limits[limit];
    const call = { action, args, timeoutMilliseconds, signal: options.signal, input };
    try {
      return await callWsl(this.command, call, this.limits);
    } catch (error) {
      if (error instanceof WindlassError && error.code === "WL_PROGRAM_MISSING") {
        throw new WindlassError(
          "WL_WSL_MISSING",
          `Cannot ${action}: there is no '${this.command.command[0]}'`,
          {
            cause: error,
          },
        );
      }
      throw error;
    }
  }
}
