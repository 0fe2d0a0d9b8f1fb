import { OPERATING_SYSTEM } from "./operating_system.ts";

/** What a console sends to all of its programs. */
const CONSOLE_SIGNALS: readonly Deno.Signal[] = OPERATING_SYSTEM === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT"];

/**
 * Runs a program with this process's own console and streams, and waits for its end. Ctrl-C is the program's: what it
 * makes of it decides.
 *
 * @returns The exit code as the system has it, on Windows an unsigned number of 32 bits.
 */
export async function runInForeground(
  [program, ...args]: readonly [program: string, ...args: readonly string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const ignore = () => {};
  for (const signal of CONSOLE_SIGNALS) Deno.addSignalListener(signal, ignore);
  try {
    const streams = { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
    const child = new Deno.Command(program, { args, env: { ...environment }, ...streams }).spawn();
    return (await child.status).code >>> 0;
  } finally {
    for (const signal of CONSOLE_SIGNALS) Deno.removeSignalListener(signal, ignore);
  }
}
