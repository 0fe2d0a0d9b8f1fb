import { WindlassError } from "../errors/windlass_error.ts";
import { OPERATING_SYSTEM } from "./operating_system.ts";

/**
 * How a process is started. Its three streams are always pipes or nothing, never inherited. On Linux it has a process
 * group of its own, so that Ctrl-C in our terminal reaches us alone and we end it in our order. On Windows it shares
 * our console, which in the host has no window, and ends with us even if we are killed.
 */
export interface ProcessOptions {
  /** Program and arguments; the program is an absolute path or is looked up in PATH. */
  readonly command: readonly [program: string, ...args: readonly string[]];
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path; this process's own folder when left out. */
  readonly workingDirectory?: string;
  /** A pipe, or an input that is at its end from the start. */
  readonly stdin: "piped" | "null";
}

/** A process that was started here. Disposing it kills it, waits until it is gone and closes pipes nobody reads. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  /** `null` when started with `stdin: "null"`. */
  readonly stdin: WritableStream<Uint8Array> | null;
  /** Must be read to the end or cancelled: an unread pipe stops the process. */
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** As `stdout`. */
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The exit code as the system reports it. Never rejects. */
  readonly exited: Promise<number>;
  /** Ends the process at once (SIGKILL, TerminateProcess). Repeating it, or calling it late, does nothing. */
  kill(): void;
}

/**
 * Starts a process with its streams as pipes.
 *
 * @throws {WindlassError} `WL_PROGRAM_MISSING` when the program does not exist or may not be executed.
 *
 * @example
 * ```ts
 * await using process = startProcess({ command: ["/usr/bin/cat"], stdin: "piped" });
 * ```
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const [program, ...args] = options.command;
  const command = new Deno.Command(program, {
    args,
    env: { ...options.environment },
    ...(options.workingDirectory === undefined ? {} : { cwd: options.workingDirectory }),
    stdin: options.stdin,
    stdout: "piped",
    stderr: "piped",
    // On Windows this would only leave out the job by which the process ends with us.
    detached: OPERATING_SYSTEM === "linux",
  });
  const child = spawn(command, program);
  let running = true;
  const exited = child.status.then((status) => {
    running = false;
    return status.code;
  });
  const kill = () => {
    if (!running) return;
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // Between its end and our learning of it there is nothing left to kill.
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  return {
    pid: child.pid,
    stdin: options.stdin === "piped" ? child.stdin : null,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    kill,
    async [Symbol.asyncDispose]() {
      kill();
      await exited;
      await Promise.allSettled([
        ...(options.stdin === "piped" && !child.stdin.locked ? [child.stdin.abort()] : []),
        ...(child.stdout.locked ? [] : [child.stdout.cancel()]),
        ...(child.stderr.locked ? [] : [child.stderr.cancel()]),
      ]);
    },
  };
}

function spawn(command: Deno.Command, program: string): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new WindlassError("WL_PROGRAM_MISSING", `Cannot run '${program}': program not found`, {
        cause: error,
      });
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new WindlassError("WL_PROGRAM_MISSING", `Cannot run '${program}': it is not executable`, {
        cause: error,
      });
    }
    throw error;
  }
}
