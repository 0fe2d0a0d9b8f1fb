import { join } from "node:path/posix";
import { errorText } from "../../errors/error_text.ts";
import { unlessMissing } from "../../errors/unless_missing.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { SignInProgram } from "../sign_in_program.ts";

/** The variables that decide where the autostart folder is. */
export interface AutostartEnvironment {
  readonly XDG_CONFIG_HOME?: string | undefined;
  readonly HOME?: string | undefined;
}

/** Writes the desktop entry of a program. @throws {WindlassError} `WL_FILE_NOT_WRITABLE`. */
export async function writeAutostart(
  program: SignInProgram,
  environment: AutostartEnvironment,
): Promise<void> {
  const path = autostartFile(program.name, environment);
  if (path === undefined) {
    throw new WindlassError(
      "WL_FILE_NOT_WRITABLE",
      "Cannot find the autostart folder: neither XDG_CONFIG_HOME nor HOME is set",
      { remedy: "Set HOME to your home folder and try again." },
    );
  }
  try {
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, desktopEntry(program));
  } catch (cause) {
    const state = errorText(cause);
    throw new WindlassError("WL_FILE_NOT_WRITABLE", `Cannot write '${path}': ${state}`, { cause });
  }
}

/** Removes the desktop entry of a program, if there is one. */
export async function removeAutostart(name: string, environment: AutostartEnvironment): Promise<void> {
  const path = autostartFile(name, environment);
  if (path === undefined) return;
  await unlessMissing(() => Deno.remove(path));
}

/** Where the desktop entry of that name is; nothing if the user has no folder. Pure. */
export function autostartFile(name: string, { XDG_CONFIG_HOME, HOME }: AutostartEnvironment) {
  const folder = XDG_CONFIG_HOME || (HOME ? join(HOME, ".config") : undefined);
  return folder === undefined ? undefined : join(folder, "autostart", `${name}.desktop`);
}

/** The text of the desktop entry. Pure. */
export function desktopEntry({ program, args, environment = {} }: SignInProgram): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const command = variables.length === 0 ? [program, ...args] : ["env", ...variables, program, ...args];
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Name=Windlass",
    "Comment=Docker engine",
    `Exec=${command.map(execArgument).join(" ")}`,
    "Terminal=false",
    "NoDisplay=true",
    "",
  ].join("\n");
}

/** One argument of an `Exec` line: quoted by its rules, then as any text of such a file; `%` begins field codes. */
export function execArgument(argument: string): string {
  const quoted = /^[\w@+=:,./-]+$/.test(argument)
    ? argument
    : `"${argument.replaceAll(/["`$\\]/g, "\\$&").replaceAll("%", "%%")}"`;
  return quoted.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
