import { OPERATING_SYSTEM } from "./operating_system.ts";
import type { SignInProgram } from "./sign_in_program.ts";

/**
 * Makes the program start at every sign-in from now on: a value of the user's `Run` key on Windows, a file in the
 * XDG autostart folder on Linux. Repeating it brings the entry up to date.
 *
 * @throws {WindlassError} `WL_FILE_NOT_WRITABLE`, `WL_REGISTRY_FAILED`, `WL_NOT_SUPPORTED`.
 */
export async function startAtSignIn(program: SignInProgram): Promise<void> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/autostart.ts")).writeAutostart(program, Deno.env.toObject());
    case "windows":
      return (await import("./windows/registry/run_key.ts")).writeRunValue(program);
  }
}

/** Removes the entry of that name, if there is one. */
export async function removeSignInStart(name: string): Promise<void> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/autostart.ts")).removeAutostart(name, Deno.env.toObject());
    case "windows":
      return (await import("./windows/registry/run_key.ts")).removeRunValue(name);
  }
}
