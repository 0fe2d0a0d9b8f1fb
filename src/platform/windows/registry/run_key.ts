import { WindlassError } from "../../../errors/windlass_error.ts";
import type { SignInProgram } from "../../sign_in_program.ts";
import { commandLine } from "../command_line.ts";
import { deleteRegistryValue, type RegistryKey, writeRegistryText } from "./registry.ts";

/** What Windows starts after its user signs in. */
export const RUN_KEY: RegistryKey = {
  hive: "HKCU",
  path: "Software\\Microsoft\\Windows\\CurrentVersion\\Run",
};
/** Windows does not read longer commands from there. */
const COMMAND_CHARACTERS = 260;

/** Writes the value of a program. @throws {WindlassError} `WL_NOT_SUPPORTED`, `WL_REGISTRY_FAILED`. */
export function writeRunValue({ name, program, args, environment }: SignInProgram): void {
  if (environment !== undefined && Object.keys(environment).length > 0) {
    throw new WindlassError(
      "WL_NOT_SUPPORTED",
      "Cannot start at sign-in: Windows starts only the instance in the default folder",
      { remedy: "Unset WINDLASS_HOME and try again." },
    );
  }
  const command = commandLine([program, ...args]);
  if (command.length > COMMAND_CHARACTERS) {
    throw new WindlassError(
      "WL_NOT_SUPPORTED",
      `Cannot start at sign-in: the command has ${command.length} characters, the limit is ${COMMAND_CHARACTERS}`,
      { remedy: "Move windlass.exe to a folder with a shorter path and try again." },
    );
  }
  writeRegistryText(RUN_KEY, name, command);
}

/** Removes the value of that name, if there is one. */
export function removeRunValue(name: string): void {
  deleteRegistryValue(RUN_KEY, name);
}
