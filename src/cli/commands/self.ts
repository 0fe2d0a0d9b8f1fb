import { verifyExecutable } from "../../payload/verify_executable.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { WindlassError } from "../../errors/windlass_error.ts";

/** `windlass self verify`: names every damaged part of the executable. */
export async function self(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands[0] !== "verify") {
    throw new WindlassError("WL_USAGE", `Cannot run 'self': '${input.operands[0]}' is not 'verify'`, {
      remedy: "Usage: windlass self verify",
    });
  }
  const path = context.executable();
  const problems = await verifyExecutable(path, { signal: context.signal });
  for (const problem of problems) context.note(`${problem.part}: ${problem.message}\n`);
  if (problems.length === 0) {
    context.print(`${path}: every byte is as it was built\n`);
    return EXIT.ok;
  }
  throw new WindlassError(
    "WL_EXECUTABLE_CORRUPT",
    `Cannot trust ${path}: damaged are ${problems.map((problem) => problem.part).join(", ")}`,
  );
}
