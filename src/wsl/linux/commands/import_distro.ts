import type { ImportCommand } from "../command_options.ts";
import { hostPath } from "../host_path.ts";
import { beginCall } from "../service/service_client.ts";
import { wslFailure } from "../wsl_failure.ts";
import { runArchiveProgram } from "./archive_process.ts";
import { type CallContext, print, requireRoot, SUCCESS_TEXT } from "./call_context.ts";

/**
 * `--import`: bsdtar unpacks from the file or from this process's stdin, whose format it finds out by itself.
 * Until the service has checked the result, nothing but "Installing" is registered, and any end before that
 * takes it back.
 */
export async function importDistro(
  request: ImportCommand,
  context: CallContext,
): Promise<number> {
  const source = request.source === "-" ? null : await requireFile(request.source, context);
  await requireRoot(context, `import the distro '${request.name}'`);
  const begun = await beginCall(context, {
    do: "import",
    name: request.name,
    version: request.version,
    directory: hostPath(request.directory, context.paths),
  });
  using call = begun.call;
  const { rootfs } = begun.answer;
  const unpacked = await runArchiveProgram(
    ["-C", rootfs, "-x", "-p", "--xattrs", "--numeric-owner", "-f", "-"],
    source === null ? {} : { input: source },
    { context, call },
  );
  if (!unpacked) {
    await call.abandon();
    throw wslFailure(["Service", "RegisterDistro"], "WSL_E_IMPORT_FAILED");
  }
  await call.ask({ do: "finish" });
  print(context, SUCCESS_TEXT);
  return 0;
}

async function requireFile(path: string, { paths }: CallContext): Promise<string> {
  const absolute = hostPath(path, paths);
  const found = await Deno.stat(absolute).then((info) => !info.isDirectory, () => false);
  if (!found) throw wslFailure([], "ERROR_FILE_NOT_FOUND");
  return absolute;
}
