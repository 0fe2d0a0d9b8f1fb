import type { CommandContext, CommandInput } from "../command.ts";
import { start } from "./start.ts";
import { stopHost } from "./stop.ts";

/** `windlass restart` */
export async function restart(input: CommandInput, context: CommandContext): Promise<number> {
  await stopHost(context.home(), context);
  return await start(input, context);
}
