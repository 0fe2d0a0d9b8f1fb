import { resolveDistro } from "../registry.ts";
import { readRegistry } from "../registry_file.ts";
import { callService, connectService, waitForServiceEnd } from "../service/service_client.ts";
import { VERSION } from "../../../version.ts";
import { type CallContext, print, requireRoot, SUCCESS_TEXT } from "./call_context.ts";
import { currentDistros, isServiceNeeded } from "./list_distros.ts";

/** `--unregister`, `--terminate` and `--set-default`. */
export async function manageDistro(
  request: { readonly kind: "unregister" | "terminate" | "set-default"; readonly name: string },
  context: CallContext,
): Promise<number> {
  // Unregistering also has something to say of a distro that is still being imported.
  if (request.kind !== "unregister") {
    resolveDistro(await readRegistry(context.paths.registry), { by: "name", name: request.name });
  }
  await requireRoot(context, `${request.kind} the distro '${request.name}'`);
  await callService(context, { do: request.kind, name: request.name });
  print(context, SUCCESS_TEXT);
  return 0;
}

/** `--shutdown`: returns when every distro, all that they share and the service itself are gone. */
export async function shutDown(context: CallContext): Promise<number> {
  using running = await connectService(context.paths);
  if (running === null && !(await isServiceNeeded(context))) return 0;
  await requireRoot(context, "shut down");
  await callService(context, { do: "shutdown" });
  running?.[Symbol.dispose](); // the service waits for its calls
  await waitForServiceEnd(context.paths);
  return 0;
}

/** `--status` */
export async function printStatus(context: CallContext): Promise<number> {
  const first = (await currentDistros(context)).find(({ isDefault }) => isDefault);
  print(context, `${first === undefined ? "" : `Default Distribution: ${first.name}\n`}Default Version: 2\n`);
  return 0;
}

/** `--version`: seven lines in the order of the real one; what has no counterpart on Linux has version 0. */
export function printVersion(context: CallContext, kernelRelease: string): number {
  print(
    context,
    [
      `WSL version: ${VERSION}.0`,
      `Kernel version: ${kernelRelease}`,
      "WSLg version: 0.0.0",
      "MSRDC version: 0.0.0",
      "Direct3D version: 0.0.0",
      "DXCore version: 0.0.0",
      "Windows version: 0.0.0",
      "",
    ].join("\n"),
  );
  return 0;
}
