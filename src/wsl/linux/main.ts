import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { parseCommandLine } from "./command_line.ts";
import type { WslRequest } from "./command_line.ts";
import { USAGE_TEXT } from "./command_options.ts";
import { type CallContext, print } from "./commands/call_context.ts";
import { exportDistro } from "./commands/export_distro.ts";
import { importDistro } from "./commands/import_distro.ts";
import { launch } from "./commands/launch.ts";
import { listDistros } from "./commands/list_distros.ts";
import { manageDistro, printStatus, printVersion, shutDown } from "./commands/manage_distros.ts";
import { textMode } from "./own_text.ts";
import { runService } from "./service/run_service.ts";
import { statePaths } from "./state_paths.ts";
import { joinCommandLine } from "./windows_quoting.ts";
import { failureText, WslFailure } from "./wsl_failure.ts";

/** Any failure of `wsl` itself: -1 on Windows. */
const EXIT_FAILURE = 255;

/**
 * `wsl` for Linux: the command line of `wsl.exe` made of namespaces. Prints what the real one prints and
 * returns its exit code, 0..255. When it starts a program, this process becomes the program's relay and the
 * promise never settles.
 *
 * @example
 * ```ts
 * Deno.exit(await runWsl(["-d", "windlass", "--exec", "/bin/true"]));
 * ```
 */
export async function runWsl(args: readonly string[]): Promise<number> {
  return await runCommandLine(joinCommandLine(args));
}

/** As {@linkcode runWsl}, for the raw text that follows the program's name on a command line of Windows. */
export async function runCommandLine(text: string): Promise<number> {
  const environment = Deno.env.toObject();
  const mode = textMode(environment.WSL_UTF8, Deno.stdout.isTerminal());
  try {
    const request = parseCommandLine(text);
    return await perform(request, { environment, mode, paths: statePaths(environment) });
  } catch (error) {
    print({ mode }, failureText(asFailure(error)));
    return EXIT_FAILURE;
  }
}

async function perform(request: WslRequest, context: CallContext): Promise<number> {
  switch (request.kind) {
    case "launch":
      return await launch(request, context);
    case "import":
      return await importDistro(request, context);
    case "export":
      return await exportDistro(request, context);
    case "list":
      return await listDistros(request, context);
    case "unregister":
    case "terminate":
    case "set-default":
      return await manageDistro(request, context);
    case "shutdown":
      return await shutDown(context);
    case "status":
      return await printStatus(context);
    case "version":
      return printVersion(context, Deno.osRelease());
    case "help":
      print(context, USAGE_TEXT);
      return EXIT_FAILURE;
    case "service":
      return await runService(context.environment);
  }
}

/** What Windows has no code for is reported with the product's own code, in the same form. */
function asFailure(error: unknown): WslFailure {
  if (error instanceof WslFailure) return error;
  if (error instanceof WindlassError) {
    return new WslFailure(`${error.message}.\n${error.remedy}`, `Wsl/${error.code}`);
  }
  const text = errorText(error);
  return new WslFailure(`Cannot continue: ${text}`, "Wsl/E_UNEXPECTED");
}

if (import.meta.main) Deno.exit(await runWsl(Deno.args));
