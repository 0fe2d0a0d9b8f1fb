import { WindlassError } from "../../errors/windlass_error.ts";
import { EMBEDDED } from "../../payload/payload.ts";
import { verifyExecutable } from "../../payload/verify_executable.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ownInstallation } from "../own_installation.ts";
import { EXIT } from "../print_error.ts";
import { USAGE, usageError } from "../usage.ts";

/** `windlass self verify`: names every damaged part of the executable, and of the version that runs if an update brought it. */
export async function self(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands[0] !== "verify") {
    throw usageError("self", USAGE.self, `unknown subcommand '${input.operands[0]}'`);
  }
  const path = context.executable();
  const problems = await verifyExecutable(path, { signal: context.signal });
  for (const problem of problems) context.note(`${problem.part}: ${problem.message}\n`);
  if (problems.length > 0) {
    throw new WindlassError(
      "WL_EXECUTABLE_CORRUPT",
      `Cannot trust ${path}: damaged parts: ${problems.map((problem) => problem.part).join(", ")}`,
    );
  }
  context.print(`${path}: every byte is intact\n`);
  const { id } = context.version();
  if (id !== EMBEDDED) await verifyVersion(id, context);
  return EXIT.ok;
}

async function verifyVersion(id: string, context: CommandContext): Promise<void> {
  using installation = ownInstallation(context);
  const store = await installation.store();
  const damaged = await store.damaged(id, { signal: context.signal });
  if (damaged.length > 0) {
    throw new WindlassError(
      "WL_VERSION_INCOMPLETE",
      `Cannot trust version '${id}': damaged parts: ${damaged.join(", ")}`,
    );
  }
  context.print(`Running version '${id}': every byte is intact\n`);
}
