import { WindlassError } from "../errors/windlass_error.ts";
import { startProcess } from "../platform/process.ts";
import { collectOutput } from "./collect_output.ts";
import { startDrainTimer } from "./drain_timer.ts";
import type { WslLimits } from "./wsl_limits.ts";
import { decodeWslText } from "./wsl_output.ts";
import type { WslCallResult } from "./call_failure.ts";

/** How `wsl` is called on this machine. */
export interface WslCommand {
  /**
   * Program and leading arguments: the full path of `wsl.exe` on Windows; the executable and `wsl` on Linux,
   * or in a checkout a Deno, its flags, the main module and `wsl`.
   */
  readonly command: readonly [program: string, ...args: readonly string[]];
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** One call of wsl whose output is collected. */
export interface WslCall {
  /** What errors say after the word Cannot, such as "list the distros". */
  readonly action: string;
  readonly args: readonly string[];
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly input?: ReadableStream<Uint8Array> | undefined;
}

/** `WSL_UTF8` makes wsl print UTF-8 instead of UTF-16LE; only the value `1` does. */
export function wslEnvironment(command: WslCommand): Record<string, string> {
  return { ...command.environment, WSL_UTF8: "1" };
}

/**
 * Runs wsl to its end and collects what it prints. When this settles, the process is gone.
 *
 * An input that fails, the signal and the limit all kill wsl before its stdin is closed: a closed stdin would be
 * taken for the end of a complete archive.
 *
 * @throws {WindlassError} `WL_WSL_TIMEOUT`, `WL_WSL_FAILED` when it prints too much, `WL_PROGRAM_MISSING`; else
 * the signal's reason, or what the input failed with.
 */
export async function callWsl(command: WslCommand, call: WslCall, limits: WslLimits): Promise<WslCallResult> {
  await using release = new AsyncDisposableStack();
  const { input } = call;
  if (input !== undefined) release.defer(() => input.locked ? undefined : input.cancel().catch(() => {}));
  call.signal?.throwIfAborted();

  const process = release.use(startProcess({
    command: [...command.command, ...call.args],
    environment: wslEnvironment(command),
    stdin: input === undefined ? "null" : "piped",
  }));

  // The first reason to stop wins; everything below listens to this one signal.
  const stopped = new AbortController();
  const stop = (reason: unknown) => {
    if (stopped.signal.aborted) return;
    process.kill(); // first: wsl must not take the end of its input for the end of the archive
    stopped.abort(reason);
  };
  const timer = setTimeout(() => stop(timeoutError(call)), call.timeoutMilliseconds);
  release.defer(() => clearTimeout(timer));
  const onAbort = () => stop(call.signal?.reason);
  call.signal?.addEventListener("abort", onAbort, { once: true });
  release.defer(() => call.signal?.removeEventListener("abort", onAbort));

  const drained = new AbortController();
  const collect = (stream: ReadableStream<Uint8Array>) =>
    collectOutput(stream, {
      maximumBytes: limits.outputBytes,
      onTooLong: () => stop(tooLongError(call, limits)),
      signal: drained.signal,
    });
  const output = Promise.all([collect(process.stdout), collect(process.stderr)]);
  const fed = input === undefined ? Promise.resolve() : feed(input, process.stdin, stop, stopped.signal);

  const exitCode = await process.exited;
  clearTimeout(timer);
  // wsl ends after its output is out; only a stranger that inherited the pipe could hold it open longer.
  const drainMilliseconds = stopped.signal.aborted ? 0 : limits.drainMilliseconds;
  release.defer(startDrainTimer(drainMilliseconds, () => drained.abort()));
  const [stdout, stderr] = await output;
  if (!stopped.signal.aborted) stopped.abort(FINISHED);
  await fed;
  if (stopped.signal.reason !== FINISHED) throw stopped.signal.reason;
  return { exitCode, stdout: decodeWslText(stdout), stderr: decodeWslText(stderr) };
}

const FINISHED = Symbol("finished");

/** Writes the input to stdin. Never rejects: a failing input stops the call, a closed pipe is wsl's own matter. */
async function feed(
  input: ReadableStream<Uint8Array>,
  stdin: WritableStream<Uint8Array> | null,
  stop: (reason: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  if (stdin === null) return;
  const reader = input.getReader();
  const writer = stdin.getWriter();
  writer.closed.catch(() => {}); // told by write() as well
  const cancel = () => {
    reader.cancel(signal.reason).catch(() => {});
    writer.abort(signal.reason).catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (!signal.aborted) {
      const chunk = await reader.read().catch((error) => stop(error));
      if (chunk === undefined || signal.aborted) break;
      if (chunk.done) {
        await writer.close();
        return;
      }
      await writer.write(chunk.value);
      freeChunk(chunk.value);
    }
  } catch {
    // wsl no longer reads: its exit code says why.
    await reader.cancel().catch(() => {});
  } finally {
    signal.removeEventListener("abort", cancel);
    await writer.abort().catch(() => {});
  }
}

/**
 * Frees the memory of a chunk that has been written. Left to the garbage collector, which does not see how large these
 * are, the chunks of one import keep the process 60 MB larger for good.
 */
function freeChunk(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && chunk.byteLength === buffer.byteLength) buffer.transfer(0);
}

function timeoutError(call: WslCall): WindlassError {
  const seconds = call.timeoutMilliseconds / 1000;
  return new WindlassError("WL_WSL_TIMEOUT", `Cannot ${call.action}: wsl did not end within ${seconds} s`);
}

function tooLongError(call: WslCall, limits: WslLimits): WindlassError {
  return new WindlassError(
    "WL_WSL_FAILED",
    `Cannot ${call.action}: wsl printed more than ${limits.outputBytes} bytes`,
  );
}
