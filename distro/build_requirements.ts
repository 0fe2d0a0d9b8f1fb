import { WindlassError } from "../src/errors/windlass_error.ts";
import { runProgram } from "./run_program.ts";

/** Programs that a build of the image needs. */
const TOOLS: readonly string[] = ["mmdebstrap", "dpkg-deb", "unshare", "gcc"];

/**
 * Names what a build needs and this process lacks, before any work begins.
 *
 * @throws {WindlassError} `WL_ROOT_NEEDED` for a user id that is not root's, `WL_TOOL_MISSING` for a program that is
 * not installed.
 */
export async function requireBuildTools(
  userId: number | null,
  tools: readonly string[] = TOOLS,
): Promise<void> {
  if (userId !== 0) {
    throw new WindlassError("WL_ROOT_NEEDED", `Cannot build the image: user id is ${userId}, not 0`);
  }
  for (const tool of tools) await runProgram(tool, ["--version"]);
}
