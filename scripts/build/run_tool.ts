import { WindlassError } from "../../src/errors/windlass_error.ts";

/** How a tool is run. */
export interface RunToolOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/**
 * Runs a tool of the build to its end and drops what it prints, unless it fails.
 *
 * @throws {WindlassError} `WL_TOOL_MISSING` if it is not installed, `WL_BUILD_FAILED` with its output if it fails.
 */
export async function runTool(command: readonly string[], options: RunToolOptions = {}): Promise<void> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    ...options,
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  let result: Deno.CommandOutput;
  try {
    result = await child.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new WindlassError("WL_TOOL_MISSING", `Cannot build Windlass: '${program}' is not installed`, {
      cause: error,
    });
  }
  options.signal?.throwIfAborted();
  if (result.success) return;
  const output = new TextDecoder().decode(result.stderr).trim();
  throw new WindlassError(
    "WL_BUILD_FAILED",
    `Cannot build Windlass: '${program}' ended with ${result.code}\n${output}`,
  );
}
