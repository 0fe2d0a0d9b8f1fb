import { type NetworkAddresses, readNetworkAddresses } from "../network/network_addresses.ts";
import { networkConflict } from "../network/network_conflict.ts";
import { type DaemonConfiguration, OPTIONS_VARIABLE } from "../protocol/agent_command.ts";
import { DAEMON_CONFIGURATION, TRIAL_CONFIGURATION } from "../protocol/distro_paths.ts";
import { adaptOptions } from "./adapt_options.ts";
import { parentFolder } from "./parent_folder.ts";

/** What the next dockerd is configured with. */
export interface NextConfiguration {
  /** The text of its configuration file. */
  readonly text: string;
  /** Where that file is, unless it is where dockerd looks by itself. */
  readonly file?: string;
  /** The name servers that the user wants containers to have. */
  readonly nameServers: readonly string[];
}

/** Access to the machine; replaced in tests. */
export interface DaemonOptionsMachine {
  /** Writes a configuration file and has dockerd check it; resolves to what is against it. */
  check(text: string, options: DaemonConfiguration): Promise<string | undefined>;
  /** Replaces the file that was checked. */
  write(text: string): void;
  /** Where the file is. */
  readonly file: string;
}

/** dockerd checks a file in a fifth of a second; one that takes this long hangs. */
const CHECK_MILLISECONDS = 15_000;

/**
 * The user's options for dockerd, which must never keep it from starting: dockerd checks them before they are used,
 * and if one fails to start with them although it said nothing, the next is started without. Only if that one
 * starts are they to blame, and stay away until the agent is started again.
 */
export class DaemonOptions {
  readonly #options: DaemonConfiguration;
  readonly #network: NetworkAddresses | undefined;
  readonly #machine: DaemonOptionsMachine;
  /** Whether the dockerd that was started last has the options. */
  #inUse = false;
  /** How the last one with the options failed, until one without them has been tried. */
  #suspicion: string | undefined;
  #problem: string | undefined;

  /**
   * @param network Addresses that the agent serves: then it is the name server of the containers, and asks those that
   *   the user wants.
   */
  constructor(
    options: DaemonConfiguration,
    network: NetworkAddresses | undefined,
    machine: DaemonOptionsMachine = DISK,
  ) {
    this.#options = options;
    this.#network = network;
    this.#machine = machine;
  }

  /** Why the options are not used, as a lower-case clause. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether the next dockerd is to show if the options were what kept the last one from starting. */
  get suspected(): boolean {
    return this.#suspicion !== undefined;
  }

  /** What to start the next dockerd with, given the text of its own configuration file. */
  async next(base: string): Promise<NextConfiguration> {
    this.#inUse = false;
    const without = { text: base, nameServers: [] };
    if (Object.keys(this.#options).length === 0 || this.#problem !== undefined) return without;
    if (this.#suspicion !== undefined) return without;
    const checked = mergedConfiguration(base, this.#options);
    this.#problem = await this.#machine.check(checked, this.#options);
    if (this.#problem !== undefined) return without;
    this.#inUse = true;
    const { file } = this.#machine;
    const { options, nameServers } = adaptOptions(this.#options, this.#network);
    const text = mergedConfiguration(base, options);
    if (text !== checked) this.#machine.write(text);
    return { text, file, nameServers };
  }

  /** The dockerd that was started last answers. */
  answered(): void {
    if (!this.#inUse) this.#problem ??= this.#suspicion;
    this.#suspicion = undefined;
  }

  /** The dockerd that was started last has ended before it ever answered. */
  failed(how: string): void {
    this.#suspicion = this.#inUse ? `dockerd does not start with it: ${how}` : undefined;
  }
}

/**
 * What dockerd says against options in addition to its own configuration; nothing if they can be used.
 *
 * @param base The text of its own configuration file.
 */
export async function daemonOptionsProblem(
  options: DaemonConfiguration,
  base: string,
): Promise<string | undefined> {
  return networkConflict(options, readNetworkAddresses()) ??
    await checkFile(TRIAL_CONFIGURATION, mergedConfiguration(base, options));
}

/** The options that the host has given to this agent; none if it gave none. */
export function daemonOptionsOfAgent(): DaemonConfiguration {
  const text = Deno.env.get(OPTIONS_VARIABLE);
  return text === undefined ? {} : JSON.parse(text);
}

function mergedConfiguration(base: string, options: DaemonConfiguration): string {
  return JSON.stringify({ ...JSON.parse(base || "{}"), ...options });
}

const DISK: DaemonOptionsMachine = {
  check: async (text, options) =>
    networkConflict(options, readNetworkAddresses()) ?? await checkFile(DAEMON_CONFIGURATION, text),
  write: (text) => Deno.writeTextFileSync(DAEMON_CONFIGURATION, text),
  file: DAEMON_CONFIGURATION,
};

async function checkFile(path: string, text: string): Promise<string | undefined> {
  Deno.mkdirSync(parentFolder(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
  const { success, stderr } = await new Deno.Command("dockerd", {
    args: ["--validate", "--config-file", path],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(CHECK_MILLISECONDS),
  }).output();
  return success ? undefined : complaint(new TextDecoder().decode(stderr));
}

/** What dockerd says against a file, without the words around it. Pure. */
export function complaint(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const last = lines.at(-1) || "dockerd refuses it without giving a reason";
  return last.replace(/^unable to configure the Docker daemon with file [^:]+: /, "");
}
