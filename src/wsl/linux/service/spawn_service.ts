import { nativeProgram } from "../native_program.ts";
import { toolPath } from "../required_tools.ts";
import type { StatePaths } from "../state_paths.ts";

/** What the service is started with, as its first caller has it. */
export interface ServiceStart {
  readonly paths: StatePaths;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Past this the log starts over; it holds a few lines for each start of a distro. Bytes. */
const LOG_BYTES = 1024 * 1024;

/** Variables of the caller that the service needs; the rest would only pin one caller's settings. */
const KEPT = /^(WINDLASS_.*|XDG_DATA_HOME|HOME|DENO_.*|LD_LIBRARY_PATH|TMPDIR)$/;

/** Starts the service in the background, free of the caller's terminal, handles and folder. */
export async function spawnService({ paths, environment }: ServiceStart): Promise<void> {
  const size = await Deno.stat(paths.serviceLog).then((info) => info.size, () => 0);
  if (size > LOG_BYTES) await Deno.truncate(paths.serviceLog, 0);
  const kept = Object.entries(environment).filter(([name, value]) => value !== undefined && KEPT.test(name));
  const child = new Deno.Command(nativeProgram(environment), {
    args: ["detach", paths.serviceLog, ...serviceCommand(environment)],
    clearEnv: true,
    env: { ...Object.fromEntries(kept) as Record<string, string>, PATH: toolPath(environment.PATH) },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await child.status;
}

/** This program with the hidden command: the executable of the product, or the runtime with the checkout's file. */
function serviceCommand(environment: Readonly<Record<string, string | undefined>>): string[] {
  if (environment.WINDLASS_EXECUTABLE) return [environment.WINDLASS_EXECUTABLE, "wsl", "--service"];
  const main = decodeURIComponent(new URL(Deno.mainModule).pathname);
  const words = main.endsWith("/src/wsl/linux/main.ts") ? [] : ["wsl"];
  return [Deno.execPath(), "run", "-A", main, ...words, "--service"];
}
