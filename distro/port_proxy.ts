import { runProgram } from "./run_program.ts";

/** Where dockerd finds it; the agent names the same place. */
export const PORT_PROXY_PATH = "usr/lib/windlass/port-proxy";

const SOURCE = new URL("./native/port_proxy.c", import.meta.url).pathname;
/** Small and static: one is started for each published port. Same source, same bytes. */
const FLAGS = ["-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-Wl,--build-id=none"];

/** Compiles the program that stands in for docker-proxy into an installed tree. */
export async function addPortProxy(root: string, signal?: AbortSignal): Promise<void> {
  const target = `${root}/${PORT_PROXY_PATH}`;
  await runProgram("gcc", [...FLAGS, "-o", target, SOURCE], { signal });
  await Deno.chmod(target, 0o755);
}
