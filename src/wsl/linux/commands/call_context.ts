import { encodeOwnText, type TextMode } from "../own_text.ts";
import { requireAbilities, toolPath } from "../required_tools.ts";
import type { ServiceStart } from "../service/spawn_service.ts";

/** Dependencies of every command. */
export interface CallContext extends ServiceStart {
  readonly mode: TextMode;
}

/** What Windows prints when a command has done its work; the blank before the line end belongs to it. */
export const SUCCESS_TEXT = "The operation completed successfully. \n";

/** Prints own text in the mode of the call. */
export function print(context: Pick<CallContext, "mode">, text: string): void {
  writeFully(Deno.stdout, encodeOwnText(text, context.mode));
}

/** Warnings go to stderr, each with the prefix `wsl: `, unless WSL_DISABLE_WARNINGS=1. */
export function warn(context: CallContext, text: string): void {
  if (context.environment.WSL_DISABLE_WARNINGS === "1") return;
  writeFully(Deno.stderr, encodeOwnText(`wsl: ${text}\n`, context.mode));
}

/** As {@linkcode requireAbilities}, for this process. */
export function requireRoot(context: CallContext, action: string): Promise<void> {
  return requireAbilities(action, { uid: Deno.uid(), toolPath: toolPath(context.environment.PATH) });
}

function writeFully(target: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += target.writeSync(bytes.subarray(done));
}
