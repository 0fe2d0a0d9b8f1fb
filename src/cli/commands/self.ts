import { WindlassError } from "../../errors/windlass_error.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { verifyExecutable } from "../../payload/verify_executable.ts";
import { openVersionStore } from "../../payload/version_store.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";

/** `windlass self verify`: names every damaged part of the executable, and of the version that runs if an update brought it. */
export async function self(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands[0] !== "verify") {
    throw new WindlassError("WL_USAGE", `Cannot run 'self': '${input.operands[0]}' is not 'verify'`, {
      remedy: "Usage: windlass self verify",
    });
  }
  const path = context.executable();
  const problems = await verifyExecutable(path, { signal: context.signal });
  for (const problem of problems) context.note(`${problem.part}: ${problem.message}\n`);
  if (problems.length > 0) {
    throw new WindlassError(
      "WL_EXECUTABLE_CORRUPT",
      `Cannot trust ${path}: damaged are ${problems.map((problem) => problem.part).join(", ")}`,
    );
  }
  context.print(`${path}: every byte is as it was built\n`);
  const { id } = context.version();
  if (id !== EMBEDDED) await verifyVersion(id, context);
  return EXIT.ok;
}

async function verifyVersion(id: string, context: CommandContext): Promise<void> {
  const store = await openVersionStore({ home: context.home().root, executable: context.executable() });
  const damaged = await store.damaged(id, { signal: context.signal });
  if (damaged.length > 0) {
    throw new WindlassError(
      "WL_VERSION_INCOMPLETE",
      `Cannot trust version '${id}': damaged are ${damaged.join(", ")}`,
    );
  }
  context.print(`Version '${id}', which runs: every byte is as it was installed\n`);
}
