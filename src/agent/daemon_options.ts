import { dirname } from "node:path/posix";

/** Options of dockerd, as its daemon.json has them. */
export type DaemonConfiguration = Readonly<Record<string, unknown>>;

/** What the next dockerd is configured with. */
export interface NextConfiguration {
  /** The text of its configuration file. */
  readonly text: string;
  /** Where that file is, unless it is where dockerd looks by itself. */
  readonly file?: string;
}

/** What the options need of the machine; replaced in tests. */
export interface DaemonOptionsMachine {
  /** Writes a configuration file and has dockerd check it; resolves to what dockerd says against it. */
  check(text: string): Promise<string | undefined>;
  /** Where `check` has put the file. */
  readonly file: string;
}

/** Where the configuration with the user's options is; away with the next start of the distro. */
const CONFIGURATION_FILE = "/run/windlass/daemon.json";
/** For options that are only looked at. */
const TRIAL_FILE = "/run/windlass/daemon-trial.json";
/** What carries the options from the host to the agent. */
const OPTIONS_VARIABLE = "WINDLASS_DAEMON_OPTIONS";
/** dockerd checks a file in a fifth of a second; one that takes this long hangs. */
const CHECK_MILLISECONDS = 15_000;

/**
 * The user's options for dockerd, which must never keep it from starting: dockerd checks them before they are used,
 * and if one fails to start with them although it said nothing, the next is started without. Only if that one
 * starts are they to blame, and stay away until the agent is started again.
 */
export class DaemonOptions {
  readonly #options: DaemonConfiguration;
  readonly #machine: DaemonOptionsMachine;
  /** Whether the dockerd that was started last has the options. */
  #inUse = false;
  /** How the last one with the options failed, until one without them has been tried. */
  #suspicion: string | undefined;
  #problem: string | undefined;

  constructor(options: DaemonConfiguration, machine: DaemonOptionsMachine = DISK) {
    this.#options = options;
    this.#machine = machine;
  }

  /** Why the options are not used, as it ends a sentence. */
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
    if (Object.keys(this.#options).length === 0 || this.#problem !== undefined) return { text: base };
    if (this.#suspicion !== undefined) return { text: base };
    const text = mergedConfiguration(base, this.#options);
    this.#problem = await this.#machine.check(text);
    if (this.#problem !== undefined) return { text: base };
    this.#inUse = true;
    return { text, file: this.#machine.file };
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
 * What dockerd says against options, beside its own configuration; nothing if it would take them.
 *
 * @param base The text of its own configuration file.
 */
export async function daemonOptionsProblem(
  options: DaemonConfiguration,
  base: string,
): Promise<string | undefined> {
  return await checkFile(TRIAL_FILE, mergedConfiguration(base, options));
}

/** The options that the host has given to this agent; none if it gave none. */
export function daemonOptionsOfAgent(): DaemonConfiguration {
  const text = Deno.env.get(OPTIONS_VARIABLE);
  return text === undefined ? {} : JSON.parse(text);
}

/** The command that runs the agent `program` with these options. Pure. */
export function agentCommand(
  program: string,
  options: DaemonConfiguration,
): readonly [program: string, ...args: readonly string[]] {
  if (Object.keys(options).length === 0) return [program];
  return ["/usr/bin/env", `${OPTIONS_VARIABLE}=${asciiJson(options)}`, program];
}

/** JSON without a character that some command line on the way could read differently. Pure. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function mergedConfiguration(base: string, options: DaemonConfiguration): string {
  return JSON.stringify({ ...JSON.parse(base || "{}"), ...options });
}

const DISK: DaemonOptionsMachine = {
  check: (text) => checkFile(CONFIGURATION_FILE, text),
  file: CONFIGURATION_FILE,
};

async function checkFile(path: string, text: string): Promise<string | undefined> {
  Deno.mkdirSync(dirname(path), { recursive: true });
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
  const last = lines.at(-1) || "dockerd refuses it without a word";
  return last.replace(/^unable to configure the Docker daemon with file [^:]+: /, "");
}
