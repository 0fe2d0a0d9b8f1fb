import type { PipeAccess } from "../platform/child_pipes.ts";
import type { Duplex } from "../streams/duplex.ts";
import type { WindlassError } from "../errors/windlass_error.ts";

/**
 * What a distro is doing. `registered` is stopped or running, where nobody looked which. `busy` stands for every
 * state that does not last: installing, uninstalling, converting, exporting, and whatever later versions of WSL add.
 */
export type DistroState = "stopped" | "running" | "registered" | "busy";

/** One registered distro. */
export interface ListedDistro {
  readonly name: string;
  readonly state: DistroState;
  /** 1 or 2: the kind of WSL that runs it. */
  readonly version: number;
  readonly isDefault: boolean;
  /** The folder that its disk is in; `null` if wsl does not report it. */
  readonly directory: string | null;
}

/** Versions as `wsl --version` prints them. */
export interface WslVersion {
  readonly wsl: string;
  readonly kernel: string;
}

/** What every call takes. */
export interface WslCallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Replaces the call's limit of `WSL_LIMITS`. */
  readonly timeoutMilliseconds?: number;
}

/** What to import, and where to. */
export interface ImportOptions extends WslCallOptions {
  readonly name: string;
  /** Absolute path; its parent must exist, the folder itself need not. */
  readonly directory: string;
  /** A tar archive, plain or compressed. Always read to its end or cancelled; its chunks are given away. */
  readonly source: ReadableStream<Uint8Array>;
}

/** A program and where in which distro to run it. */
export interface LaunchOptions {
  readonly distro: string;
  /** Absolute path of the program in the distro, then its arguments; no shell reads them. */
  readonly argv: readonly [program: string, ...args: readonly string[]];
  /** Name of a user of the distro; `null` for the one that the distro's owner is by default. @default {"root"} */
  readonly user?: string | null;
  /** Folder in the distro. @default {"/"} */
  readonly cwd?: string;
}

/** A short command; its output is collected. */
export interface RunOptions extends LaunchOptions, WslCallOptions {
  /** Given to the program's stdin, which is otherwise at its end from the start. */
  readonly input?: Uint8Array<ArrayBuffer>;
}

/** How a short command ended. */
export interface RunResult {
  /** The program's exit status; after a signal its number. 1 also when the program does not exist. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that lives as long as the caller wants. */
export interface SpawnOptions extends LaunchOptions {
  /** Called with every line of stderr, without its line end. Never called after `exited` has resolved. */
  readonly onStderrLine: (line: string) => void;
}

/** How a long-lived program ended. */
export interface WslExit {
  readonly exitCode: number;
  /** Set when wsl itself failed: the distro is gone, the program could not be started, … */
  readonly failure: WindlassError | null;
}

/** A long-lived program in a distro. Disposing it kills its `wsl` process and waits until that is gone. */
export interface WslProcess extends AsyncDisposable {
  /** Process id of the `wsl` command, not of the program. */
  readonly pid: number;
  /** The program's stdin and stdout. `closeWrite()` is the program's end of input. */
  readonly link: Duplex;
  readonly pipeAccess: PipeAccess;
  /** Never rejects. */
  readonly exited: Promise<WslExit>;
  /** Ends the `wsl` process at once. The program sees its streams end, and a hang-up. */
  kill(): void;
}

/**
 * WSL, as far as Windlass uses it. Every method rejects with a `WindlassError`: `WL_WSL_TIMEOUT` when its limit
 * passes, `WL_WSL_FAILED` when wsl ends with an error that has no code of its own, or with the reason of the
 * caller's signal. In each of these cases the `wsl` process is gone when the promise settles.
 */
export interface Wsl {
  /** All registered distros, including those being imported or removed. */
  list(options?: WslCallOptions): Promise<readonly ListedDistro[]>;
  /**
   * Names of the distros that run at this moment. Starts none of them; waits, as `list` may, while any distro of the
   * user boots or hangs in shutdown.
   */
  running(options?: WslCallOptions): Promise<readonly string[]>;
  version(options?: WslCallOptions): Promise<WslVersion>;
  /**
   * Registers a distro from an archive. Ending it early, by signal or because `source` fails, undoes the
   * registration.
   *
   * @throws {WindlassError} `WL_DISTRO_EXISTS`, `WL_DISTRO_BUSY`, `WL_ROOTFS_INVALID`, `WL_NO_SPACE`,
   * `WL_DISTRO_IMPORT_FAILED`.
   */
  import(options: ImportOptions): Promise<void>;
  /** Removes a distro with all its files. @throws {WindlassError} `WL_DISTRO_NOT_FOUND`. */
  unregister(name: string, options?: WslCallOptions): Promise<void>;
  /** Kills every process of a distro; fine when none runs. @throws {WindlassError} `WL_DISTRO_NOT_FOUND`. */
  terminate(name: string, options?: WslCallOptions): Promise<void>;
  /** Stops every distro of the user, including those of other programs. */
  shutdown(options?: WslCallOptions): Promise<void>;
  /** Runs a short command. @throws {WindlassError} `WL_DISTRO_NOT_FOUND`. */
  run(options: RunOptions): Promise<RunResult>;
  /** Starts a long-lived program. @throws {WindlassError} `WL_PROGRAM_MISSING` when there is no wsl. */
  spawn(options: SpawnOptions): WslProcess;
}
