import { WindlassError } from "../../../errors/windlass_error.ts";
import { toolPath } from "../required_tools.ts";

/** How a tool of the host is run. */
export interface ToolOptions {
  /** What the user wanted, for the error: "Cannot <action>: ip says ...". */
  readonly action: string;
  /** Text for the tool's standard input. */
  readonly input?: string;
}

/**
 * Runs a tool of the host to its end and returns what it printed.
 *
 * @throws {WindlassError} `WL_WSL_FAILED` with the tool's own words when it fails.
 */
export async function runTool(
  command: readonly [tool: string, ...args: readonly string[]],
  options: ToolOptions,
): Promise<string> {
  const [tool, ...args] = command;
  const child = new Deno.Command(tool, {
    args,
    cwd: "/",
    env: { PATH: toolPath(Deno.env.get("PATH")), LC_ALL: "C" },
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = options.input === undefined
    ? Promise.resolve()
    : new Blob([options.input]).stream().pipeTo(child.stdin).catch(() => {}); // it ended early and says why
  const [output] = await Promise.all([child.output(), writing]);
  if (!output.success) {
    const words = new TextDecoder().decode(output.stderr).trim().split("\n").slice(0, 3).join("; ");
    throw new WindlassError("WL_WSL_FAILED", `Cannot ${options.action}: ${tool} says '${words}'`);
  }
  return new TextDecoder().decode(output.stdout);
}
