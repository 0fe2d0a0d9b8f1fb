import type { ExportFormat } from "../command_options.ts";
import { hostPath } from "../host_path.ts";
import { beginCall } from "../service/service_client.ts";
import { wslFailure } from "../wsl_failure.ts";
import { runArchiveProgram } from "./archive_process.ts";
import { type CallContext, print, requireRoot, SUCCESS_TEXT } from "./call_context.ts";

const COMPRESSION: Readonly<Record<ExportFormat, readonly string[]>> = {
  "tar": [],
  "tar.gz": ["-z"],
  "tar.xz": ["-J"],
};

/** `--export`: the distro is ended and stays locked while bsdtar packs it to the file or to stdout. */
export async function exportDistro(
  request: { readonly name: string; readonly target: string; readonly format: ExportFormat },
  context: CallContext,
): Promise<number> {
  await requireRoot(context, `export the distro '${request.name}'`);
  const target = request.target === "-" ? null : hostPath(request.target, context.paths);
  const begun = await beginCall(context, { do: "export", name: request.name });
  using call = begun.call;
  const { rootfs } = begun.answer;
  if (target !== null) await createEmpty(target);
  const options = ["-c", ...COMPRESSION[request.format], "--one-file-system", "--xattrs", "--numeric-owner"];
  const packed = await runArchiveProgram(
    [...options, "-f", "-", "-C", rootfs, "."],
    target === null ? {} : { output: target },
    { context, call },
  );
  if (!packed) {
    if (target !== null) await Deno.remove(target).catch(() => {});
    throw wslFailure(["Service", "ExportDistro"], "WSL_E_EXPORT_FAILED");
  }
  await call.ask({ do: "finish" });
  if (target !== null) print(context, SUCCESS_TEXT);
  return 0;
}

async function createEmpty(path: string): Promise<void> {
  try {
    using _file = await Deno.open(path, { write: true, create: true, truncate: true });
  } catch {
    throw wslFailure([], "ERROR_PATH_NOT_FOUND");
  }
}
