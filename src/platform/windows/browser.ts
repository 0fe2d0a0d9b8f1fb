import { join } from "node:path";
import { startWithoutConsole } from "./background_process.ts";

/**
 * Hands the page to the shell of Windows from a process outside of our job: a browser that this one started
 * itself would be ended with it.
 */
export async function openWithShell(url: string): Promise<boolean> {
  const windows = Deno.env.get("SystemRoot") ?? "C:\\Windows";
  const shell = startWithoutConsole({
    program: join(windows, "System32", "rundll32.exe"),
    args: ["url.dll,FileProtocolHandler", url],
    environment: {},
    workingDirectory: windows,
    errorFile: "NUL",
  });
  await shell.stdout.cancel();
  return true;
}
