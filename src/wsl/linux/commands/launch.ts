import { WindlassError } from "../../../errors/windlass_error.ts";
import { replaceProcess } from "../../../platform/linux/replace_process.ts";
import type { Launch, LaunchForm } from "../command_line.ts";
import { guestEnvironment, guestPath, hostPathOfWindowsPath } from "../guest_environment.ts";
import { nativeProgram } from "../native_program.ts";
import { resolveDistro } from "../registry.ts";
import { readRegistry } from "../registry_file.ts";
import type { StartedDistro } from "../service/protocol.ts";
import { callService } from "../service/service_client.ts";
import { wslFailure } from "../wsl_failure.ts";
import { type CallContext, requireRoot, warn } from "./call_context.ts";

/**
 * Runs a program in a distro. This process then becomes the native relay, so nothing of this runtime stays in
 * memory beside a program that may run for weeks; the promise only ever rejects.
 */
export async function launch(request: Launch, context: CallContext): Promise<number> {
  const { paths, environment } = context;
  resolveDistro(await readRegistry(paths.registry), request.distro);
  await requireRoot(context, "start a distro");
  const hostFolder = await requestedHostFolder(request.directory, paths.driveC);
  const started = await callService(context, { do: "start", distro: request.distro });

  const directory = hostFolder === null
    ? request.directory ?? "~"
    : guestPath(hostFolder, { driveRoot: started.driveRoot, driveFolder: paths.driveC }) ??
      untranslated(context, hostFolder);
  const helper = nativeProgram(environment);
  const reason = replaceProcess(helper, relayWords(request, started, directory, context), {
    ...(environment.WSL_UTF8 === undefined ? {} : { WSL_UTF8: environment.WSL_UTF8 }),
  });
  throw new WindlassError("WL_WSL_FAILED", `Cannot run '${helper}': error ${reason} of execve`);
}

/** The folder of the host to start in; `null` when the request names one of the distro. */
async function requestedHostFolder(
  directory: string | undefined,
  driveFolder: string,
): Promise<string | null> {
  if (directory === undefined) return currentFolder();
  if (directory.startsWith("~") || directory.startsWith("/")) return null;
  const folder = hostPathOfWindowsPath(directory, driveFolder);
  const isFolder = folder !== null && await Deno.stat(folder).then((info) => info.isDirectory, () => false);
  if (!isFolder) throw wslFailure([], "ERROR_PATH_NOT_FOUND");
  return folder;
}

/** A folder that was removed under its process has no path any more. */
function currentFolder(): string {
  try {
    return Deno.cwd();
  } catch {
    return "/";
  }
}

function untranslated(context: CallContext, folder: string): string {
  warn(context, `Failed to translate '${folder}'`);
  return "~";
}

function relayWords(
  { user, form }: Launch,
  started: StartedDistro,
  directory: string,
  { environment, paths }: CallContext,
): string[] {
  const variables = guestEnvironment({
    distro: started.name,
    hostname: started.hostname,
    interop: started.interop,
    caller: environment,
    driveRoot: started.driveRoot,
    driveFolder: paths.driveC,
  });
  return [
    "wsl",
    "relay",
    ...["--socket", started.socket, "--user", user ?? started.defaultUser, "--cd", directory],
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...formWords(form),
  ];
}

function formWords(form: LaunchForm): string[] {
  switch (form.kind) {
    case "exec":
      return ["--exec", ...form.words];
    case "shell":
      return [form.login ? "--login-shell" : "--shell", form.text];
    case "login":
      return ["--login"];
  }
}
