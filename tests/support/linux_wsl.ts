import { join } from "node:path";
import { createWsl, type CreateWslOptions } from "../../src/wsl/create_wsl.ts";
import type { Wsl } from "../../src/wsl/wsl.ts";
import { compiledHelper } from "./compile_once.ts";
import { REPOSITORY } from "./repository.ts";
import { runCommand } from "./run_command.ts";

/** A `wsl` for Linux with state of its own, shut down and removed at the end. */
export interface LinuxWsl extends AsyncDisposable {
  readonly home: string;
  /** For processes that call it themselves. */
  readonly options: CreateWslOptions;
  readonly wsl: Wsl;
}

/** Makes a home of its own for one test, and the driver of a `wsl` that keeps its state there. Needs root. */
export async function createLinuxWsl(): Promise<LinuxWsl> {
  await using making = new AsyncDisposableStack();
  const home = await Deno.makeTempDir({ prefix: "windlass-" });
  making.defer(() => Deno.remove(home, { recursive: true }));
  const helper = await compiledHelper();
  const options: CreateWslOptions = {
    command: [Deno.execPath(), "run", "-A", join(REPOSITORY, "src/wsl/linux/main.ts")],
    environment: { WINDLASS_HOME: home, WINDLASS_WSL_HELPER: helper },
  };
  const wsl = createWsl(options);
  making.defer(() => removeMounts(home));
  making.defer(() => wsl.shutdown());
  const made = making.move();
  return { home, options, wsl, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** A failing test may leave a mount in the home, through which files must not be removed. */
async function removeMounts(home: string): Promise<void> {
  const mountInfo = await Deno.readTextFile("/proc/self/mountinfo");
  const points = mountInfo.split("\n").flatMap((line) => line.split(" ")[4] ?? []);
  for (const point of points.filter((point) => point.startsWith(`${home}/`)).reverse()) {
    await runCommand(["umount", "-l", point]);
  }
}
