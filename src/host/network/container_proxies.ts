import { keepDockerProxies } from "../../docker_context/docker_proxies.ts";
import { isWindlassError } from "../../errors/windlass_error.ts";
import { problemOf, type ReportedProblem } from "../../errors/problem_of.ts";
import type { Log } from "../../logging/log.ts";

/** Where Docker CLIs that use this engine read their configuration. */
export interface CliConfiguration {
  /** Docker's configuration folder. */
  readonly folder: string;
  /** Every address of the engine that such a CLI may have, as `DOCKER_HOST` has it. */
  readonly addresses: readonly string[];
  /** The addresses that lead to this engine now. */
  readonly listening: () => readonly string[];
}

/** What decides whether containers get the proxy. */
export interface ContainerProxySettings {
  /** Value of `network.containerProxy`. */
  readonly mode: "auto" | "on" | "off";
  /** Whether programs of this machine reach the internet through a proxy; `undefined` before it is known. */
  readonly isInForce: boolean | undefined;
  /** What containers reach without it, separated by commas. */
  readonly noProxy: string;
}

export interface ContainerProxiesOptions {
  readonly configurations: readonly CliConfiguration[];
  /** The network proxy, as containers reach it. */
  readonly proxy: string;
  readonly settings: () => ContainerProxySettings;
  readonly log: Log;
  /** Called after {@linkcode ContainerProxies.problems} has changed. */
  readonly onChange: () => void;
}

/**
 * Keeps entries for the network proxy in the configuration of Docker CLIs, which hand it to containers and builds. It is
 * kept while Windlass is stopped, and removed when no proxy is in force any more or Windlass is uninstalled.
 */
export class ContainerProxies implements AsyncDisposable {
  readonly #options: ContainerProxiesOptions;
  /** What was made last, by folder. */
  readonly #made = new Map<string, string>();
  #problems: readonly ReportedProblem[] = [];
  #working: Promise<void> = Promise.resolve();
  #waits = false;
  #hasEnded = false;

  constructor(options: ContainerProxiesOptions) {
    this.#options = options;
  }

  /** Whether containers get the proxy. */
  get isHandedOut(): boolean {
    const { mode, isInForce } = this.#options.settings();
    return mode === "on" || mode === "auto" && isInForce === true;
  }

  /** Configurations that cannot be changed. */
  get problems(): readonly ReportedProblem[] {
    return this.#problems;
  }

  /** Makes the configurations as they should be, in its own time. Cheap if nothing is to be changed. */
  follow(): void {
    if (this.#waits || this.#hasEnded) return;
    this.#waits = true;
    this.#working = this.#working.then(async () => {
      this.#waits = false;
      await this.#follow();
    });
  }

  /** Resolves when all that was asked for is done. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Ends the following: what is written stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#hasEnded = true;
    await this.#working;
  }

  async #follow(): Promise<void> {
    const { configurations, proxy, settings, log, onChange } = this.#options;
    const { mode, noProxy, isInForce } = settings();
    if (mode === "auto" && isInForce === undefined) return; // the entries are those of the last time
    const problems: ReportedProblem[] = [];
    for (const { folder, addresses, listening } of configurations) {
      const wanted = this.isHandedOut ? [...listening()] : [];
      const state = JSON.stringify([wanted, mode, noProxy]);
      if (this.#made.get(folder) === state) continue;
      try {
        await keepDockerProxies(folder, { addresses, wanted, overDefault: mode === "on", proxy, noProxy });
        this.#made.set(folder, state);
        log("info", "network.containers.written", { folder, addresses: wanted.join(" ") });
      } catch (error) {
        if (wanted.length > 0 || !isUnreadable(error)) problems.push(problemOf(error));
      }
    }
    const isSame = problems.length === this.#problems.length &&
      problems.every(({ message }, index) => message === this.#problems[index]?.message);
    if (isSame) return;
    this.#problems = problems;
    for (const { message } of problems) log("warn", "network.containers.failed", { reason: message });
    onChange();
  }
}

/**
 * Removes our entries from every configuration, for the end of an installation.
 *
 * @throws {WindlassError} `WL_FILE_NOT_WRITABLE`
 */
export async function removeContainerProxies(
  configurations: readonly Pick<CliConfiguration, "folder" | "addresses">[],
  proxy: string,
): Promise<void> {
  for (const { folder, addresses } of configurations) {
    try {
      const options = { addresses, wanted: [], overDefault: false, proxy, noProxy: "" };
      await keepDockerProxies(folder, options);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
}

/** What cannot be read has nothing of ours: users may keep a file there that Docker ignores. */
function isUnreadable(error: unknown): boolean {
  return isWindlassError(error, "WL_DOCKER_CONFIG_INVALID");
}
