import { WindlassError } from "../src/errors/windlass_error.ts";

/** How a program is run. */
export interface RunOptions {
  /** Added to the environment of this process. */
  readonly environment?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/** Lines of a failed program's output that are worth repeating in the error. */
const ERROR_LINES = 20;

/**
 * Runs a program to its end and returns its standard output.
 *
 * @throws {WindlassError} `WL_TOOL_MISSING` if there is no such program, `WL_IMAGE_BUILD_FAILED` if it exits with
 * another code than 0; the last lines of its standard error are in the message.
 *
 * @example
 * ```ts
 * const control = await runProgram("dpkg-deb", ["--field", path]);
 * ```
 */
export async function runProgram(
  program: string,
  programArguments: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...programArguments],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: options.environment ?? {},
    ...(options.signal ? { signal: options.signal } : {}),
  });
  let output: Deno.CommandOutput;
  try {
    output = await command.output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new WindlassError("WL_TOOL_MISSING", `Cannot run '${program}': it is not installed`, {
      cause,
    });
  }
  options.signal?.throwIfAborted();
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  const tail = decoder.decode(output.stderr).trimEnd().split("\n").slice(-ERROR_LINES).join("\n");
  throw new WindlassError(
    "WL_IMAGE_BUILD_FAILED",
    `Cannot run '${program}': it ended with code ${output.code}:\n${tail}`,
  );
}
