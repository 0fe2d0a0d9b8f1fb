import { resolve } from "node:path";
import { hostClient } from "../../host/host_client.ts";
import { contentsOf } from "../../diagnostics/diagnostics.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { systemReason } from "../../files/file_errors.ts";
import { hostDiagnostics } from "../../host/host_diagnostics.ts";
import { thisMachine } from "../../host/machine/this_machine.ts";
import { Redactor } from "../../logging/redactor.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { statusAtRest } from "./status.ts";

/** `windlass diagnose`: one zip file for a report, and the list of what is in it. */
export async function diagnose(input: CommandInput, context: CommandContext): Promise<number> {
  const zip = await collect(context);
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  // In full: a terminal may have been opened in a folder that its user does not think of.
  const path = resolve(String(input.flags["output"] ?? `windlass-diagnostics-${time}.zip`));
  try {
    await Deno.writeFile(path, zip, { createNew: true, mode: 0o600 });
  } catch (cause) {
    const message = `Cannot write '${path}': ${systemReason(cause)}`;
    throw new WindlassError("WL_FILE_NOT_WRITABLE", message, { cause });
  }
  context.print(contentsOf(zip));
  context.note(
    `Written to ${path}. What looks like a password or a token was removed; review the file before you share it.\n`,
  );
  return EXIT.ok;
}

/** From the host while one runs, since it knows most. */
async function collect(context: CommandContext): Promise<Uint8Array> {
  const home = context.home();
  using client = hostClient(home);
  if (await askHost(client) !== undefined) return await client.diagnostics({ signal: context.signal });
  const wsl = (await thisMachine()).wsl(context.executable(), home);
  const status = await statusAtRest(home);
  return await hostDiagnostics({ home, wsl, status: () => status, redactor: new Redactor() });
}
