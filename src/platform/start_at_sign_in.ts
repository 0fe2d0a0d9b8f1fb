import { OPERATING_SYSTEM } from "./operating_system.ts";

/** A program that starts when its user signs in. */
export interface SignInProgram {
  /** Tells it from others of this user: letters, digits and hyphens. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that it needs beside those of every program of the user. Windows cannot have any. */
  readonly environment?: Readonly<Record<string, string>>;
}

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
      return (await import("./windows/run_key.ts")).writeRunValue(program);
  }
}

/** Takes the entry of that name away; without one nothing happens. */
export async function noStartAtSignIn(name: string): Promise<void> {
  switch (OPERATING_SYSTEM) {
    case "linux":
      return await (await import("./linux/autostart.ts")).removeAutostart(name, Deno.env.toObject());
    case "windows":
      return (await import("./windows/run_key.ts")).removeRunValue(name);
  }
}
