import { VERSION } from "../../version.ts";
import type { CommandContext } from "../command.ts";

/** `windlass version` */
export function version(context: Pick<CommandContext, "print">): Promise<number> {
  context.print(`windlass ${VERSION}\n`);
  return Promise.resolve(0);
}
