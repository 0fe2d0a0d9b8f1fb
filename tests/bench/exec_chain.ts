import { dirname, join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { getStatus } from "../support/raw_http.ts";
import type { WindlassInstance } from "../support/windlass_instance.ts";

/** A socket that reaches the engine as many home-made set-ups do: one `wsl ... --exec socat` for each connection. */
export interface ExecChain extends AsyncDisposable {
  readonly socketPath: string;
}

/** What copies bytes inside, as docker's own ssh connections have it: the distro carries no socat. */
const INSIDE = "/usr/bin/docker system dial-stdio";

/** Starts the chain. The machine needs socat. */
export async function openExecChain(
  windlass: WindlassInstance,
  socketPath: string,
): Promise<ExecChain> {
  const script = join(dirname(socketPath), "chain.sh");
  const wsl = `${windlass.executable} wsl -d windlass -u root --cd / --exec`;
  await Deno.writeTextFile(script, `#!/bin/sh\nexec ${wsl} ${INSIDE}\n`);
  await Deno.chmod(script, 0o755);
  const child = new Deno.Command("socat", {
    args: [`UNIX-LISTEN:${socketPath},fork,unlink-early`, `EXEC:${script}`],
    env: { WINDLASS_HOME: windlass.home },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await using owned = new AsyncDisposableStack();
  owned.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
  await eventually(async () => {
    if (await getStatus(socketPath, "/_ping") !== 200) throw new Error("Cannot reach the engine by socat");
  });
  const stack = owned.move();
  return { socketPath, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
