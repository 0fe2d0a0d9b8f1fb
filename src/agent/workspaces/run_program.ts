import { noteOwnProgram } from "../engine/own_programs.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** Runs a program to its end; replaced in tests. */
export type RunProgram = (program: string, ...args: readonly string[]) => Promise<void>;

/**
 * Runs a program that ends by itself, and waits for it no longer than the limit, even if it hangs in the kernel.
 *
 * @throws {Deno.errors.NotSupported} with the last line of its error output; {Deno.errors.TimedOut}.
 */
export async function runProgram(program: string, ...args: readonly string[]): Promise<void> {
  const child = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "piped" })
    .spawn();
  noteOwnProgram(child);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), WORKSPACE_LIMITS.programMilliseconds);
  try {
    const result = await Promise.race([child.output(), late.promise]);
    if (result === undefined) {
      child.kill("SIGKILL");
      child.unref();
      throw new Deno.errors.TimedOut(
        `'${program}' has not ended within ${WORKSPACE_LIMITS.programMilliseconds / 1000} s`,
      );
    }
    if (result.success) return;
    const words = new TextDecoder().decode(result.stderr).trim().split("\n").at(-1);
    throw new Deno.errors.NotSupported(words || `'${program}' ended with status ${result.code}`);
  } finally {
    clearTimeout(timer);
  }
}
