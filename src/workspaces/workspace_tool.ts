import { WindlassError } from "../errors/windlass_error.ts";
import { saysNoProgram } from "../wsl/call_failure.ts";
import type { RunResult, Wsl, WslProcess } from "../wsl/wsl.ts";
import { silentFailure, stepFailure, toolFailure, type ToolStep } from "./tool_failure.ts";
import { allOf, Done, firstOf, Identity, Probe, readToolOutput, Removal, Step } from "./tool_output.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** Where distros see the drives of Windows and what all of them share, unless their wsl.conf says otherwise. */
const USUAL_ROOT = "/mnt/";
/** WSL's own program for paths. It is in each distro, whatever else is not. */
const WSLPATH = "/bin/wslpath";
/** What no program that runs says: the one that was asked for does not exist. */
const NO_PROGRAM = Symbol("no such program");

/** This instance, as distros of the user see it. */
export interface WorkspaceToolOptions {
  readonly wsl: Pick<Wsl, "run" | "spawn">;
  /** Name of the shared folder below `/mnt/wsl`. */
  readonly folder: string;
  /** The executable of Windlass as a distro with the usual automount root sees it: `/mnt/c/…`. */
  readonly executable: string;
  /** The home of this instance as its own system names it; `undefined` for the default one. */
  readonly home: string | undefined;
}

/** A distro and where it has what all distros share. */
export interface ToolPlace {
  readonly distro: string;
  /** With a slash at its end: `/mnt/`, or `/`. */
  readonly automountRoot: string;
}

/** What is known of a distro before anything is done with it. */
export interface LocatedDistro extends ToolPlace, Identity {}

/** What `enable` has done. */
export interface Enabled {
  readonly steps: readonly Step[];
  /** Everything that is placed now, as the tool itself keeps it. */
  readonly manifest: readonly unknown[];
}

/**
 * Runs the program `workspace` of the engine image in distros of the user's, through the shared folder: an engine must
 * run. Each call starts the distro if it does not run. All reject with a WindlassError: `WL_WORKSPACE_TIMEOUT`,
 * `WL_WORKSPACE_SHARED_MISSING`, `WL_WORKSPACE_GONE`, `WL_WORKSPACE_FAILED`, what wsl itself fails with, or with the
 * signal's reason.
 */
export class WorkspaceTool {
  readonly #options: WorkspaceToolOptions;

  constructor(options: WorkspaceToolOptions) {
    this.#options = options;
  }

  /**
   * Finds where a distro has what all distros share, and who its default user is.
   *
   * @param known Where it was the last time.
   */
  async locate(distro: string, known: string | undefined, signal: AbortSignal): Promise<LocatedDistro> {
    const step = {
      action: `check the distro '${distro}'`,
      milliseconds: WORKSPACE_LIMITS.identifyMilliseconds,
    };
    const tried = new Set<string>();
    const attempt = async (automountRoot: string): Promise<LocatedDistro | undefined> => {
      if (tried.has(automountRoot)) return undefined;
      tried.add(automountRoot);
      const place = { distro, automountRoot };
      const result = await this.#call(place, step, ["whoami"], { signal, user: null });
      if (result === NO_PROGRAM) return undefined;
      const identity = firstOf(readToolOutput(result.stdout).lines, Identity);
      if (identity === undefined) throw silentFailure(step, result);
      return { ...place, ...identity };
    };
    for (const root of [known ?? USUAL_ROOT, USUAL_ROOT]) {
      const found = await attempt(root);
      if (found !== undefined) return found;
    }
    const root = await this.#askRoot(distro, step, signal);
    const found = root === undefined ? undefined : await attempt(root);
    if (found !== undefined) return found;
    throw this.#sharedMissing(step, { distro, automountRoot: root ?? USUAL_ROOT });
  }

  /** What is found in a distro now. */
  async probe(place: ToolPlace, token: string, signal: AbortSignal): Promise<Probe> {
    const step = {
      action: `check the distro '${place.distro}'`,
      milliseconds: WORKSPACE_LIMITS.probeMilliseconds,
    };
    const { lines, result } = await this.#report(
      place,
      step,
      ["probe", ...this.#paths(place, token)],
      signal,
    );
    return firstOf(lines, Probe) ?? fail(silentFailure(step, result));
  }

  /** Places what belongs in a workspace; repairs one that was left half done. */
  async enable(place: ToolPlace, token: string, signal: AbortSignal): Promise<Enabled> {
    const step = {
      action: `enable the workspace '${place.distro}'`,
      milliseconds: WORKSPACE_LIMITS.enableMilliseconds,
    };
    const { executable, home } = this.#options;
    const seen = executable.startsWith(USUAL_ROOT)
      ? place.automountRoot + executable.slice(USUAL_ROOT.length)
      : executable;
    const args = [
      "enable",
      ...this.#paths(place, token),
      "--executable",
      seen,
      ...home === undefined ? [] : ["--home", home],
    ];
    const { lines, result } = await this.#report(place, step, args, signal);
    const done = firstOf(lines, Done);
    if (done === undefined) throw silentFailure(step, result);
    return { steps: allOf(lines, Step), manifest: done.manifest };
  }

  /** Removes what was placed and is unchanged. */
  async disable(place: ToolPlace, signal: AbortSignal): Promise<Removal> {
    const step = {
      action: `disable the workspace '${place.distro}'`,
      milliseconds: WORKSPACE_LIMITS.disableMilliseconds,
    };
    const { lines, result } = await this.#report(place, step, ["disable"], signal);
    return firstOf(lines, Removal) ?? fail(silentFailure(step, result));
  }

  /** Makes the link `/run/docker.sock` again after the distro was restarted. */
  async link(place: ToolPlace, token: string, signal: AbortSignal): Promise<readonly Step[]> {
    const step = {
      action: `link the engine's socket in the workspace '${place.distro}'`,
      milliseconds: WORKSPACE_LIMITS.linkMilliseconds,
    };
    const { lines } = await this.#report(
      place,
      step,
      ["link", "--socket", this.#socket(place, token)],
      signal,
    );
    return allOf(lines, Step);
  }

  /**
   * Starts to hand the distro's files to the engine, which keeps the distro running until the process ends. It writes
   * lines of JSON, see {@linkcode readToolOutput}, and waits for the end of its input.
   *
   * @param socket Name of the socket in the shared folder's `roots`.
   */
  share(place: ToolPlace, socket: string, onStderrLine: (line: string) => void): WslProcess {
    const { distro } = place;
    const to = `${this.#shared(place)}/roots/${socket}`;
    return this.#options.wsl.spawn({
      distro,
      argv: [this.#program(place), "share", "--to", to],
      onStderrLine,
    });
  }

  #shared({ automountRoot }: ToolPlace): string {
    return `${automountRoot}wsl/${this.#options.folder}`;
  }

  #program(place: ToolPlace): string {
    return `${this.#shared(place)}/usr/lib/windlass/workspace`;
  }

  #socket(place: ToolPlace, token: string): string {
    return `${this.#shared(place)}/${token}/docker.sock`;
  }

  #paths(place: ToolPlace, token: string): readonly string[] {
    return ["--shared", this.#shared(place), "--socket", this.#socket(place, token)];
  }

  #sharedMissing({ action }: ToolStep, place: ToolPlace): WindlassError {
    const state = `the distro does not see the engine's folder '${this.#shared(place)}'`;
    return new WindlassError("WL_WORKSPACE_SHARED_MISSING", `Cannot ${action}: ${state}`);
  }

  /** Where the drive C is, without its letter. */
  async #askRoot(distro: string, step: ToolStep, signal: AbortSignal): Promise<string | undefined> {
    const result = await this.#run(distro, step, [WSLPATH, "-u", "C:\\"], { signal, user: "root" });
    if (result === NO_PROGRAM || result.exitCode !== 0) return undefined;
    return /^(\/(?:[^\n]*\/)?)[a-z]\/?\n/.exec(result.stdout)?.[1];
  }

  /** The lines that the tool has reported as root. */
  async #report(place: ToolPlace, step: ToolStep, args: readonly string[], signal: AbortSignal): Promise<{
    readonly lines: readonly unknown[];
    readonly result: RunResult;
  }> {
    const result = await this.#call(place, step, args, { signal, user: "root" });
    if (result === NO_PROGRAM) throw this.#sharedMissing(step, place);
    const { lines, failure } = readToolOutput(result.stdout);
    if (failure !== undefined) throw toolFailure(step, failure);
    if (result.exitCode !== 0) throw silentFailure(step, result);
    return { lines, result };
  }

  #call(place: ToolPlace, step: ToolStep, args: readonly string[], as: CallAs) {
    return this.#run(place.distro, step, [this.#program(place), ...args], as);
  }

  async #run(
    distro: string,
    step: ToolStep,
    argv: readonly [string, ...string[]],
    { signal, user }: CallAs,
  ): Promise<RunResult | typeof NO_PROGRAM> {
    const timeoutMilliseconds = step.milliseconds;
    try {
      const result = await this.#options.wsl.run({ distro, argv, user, signal, timeoutMilliseconds });
      const lacksProgram = result.exitCode === 1 && result.stderr.split(/\r?\n/).some(saysNoProgram);
      return lacksProgram ? NO_PROGRAM : result;
    } catch (error) {
      throw stepFailure(step, error);
    }
  }
}

interface CallAs {
  readonly signal: AbortSignal;
  readonly user: string | null;
}

function fail(error: WindlassError): never {
  throw error;
}
