import { surviveDefects } from "../../../errors/survive_defects.ts";
import type { Log } from "../../../logging/log.ts";
import { acceptClients } from "../../../overload/accept_clients.ts";
import { MemoryWatch } from "../../../overload/memory_watch.ts";
import { giveBackMemoryOnLinux } from "../../../platform/linux/memory.ts";
import { IdleTimer } from "../idle_timer.ts";
import { nativeProgram } from "../native_program.ts";
import { statePaths } from "../state_paths.ts";
import { serveCall, type ServiceParts } from "./call_handler.ts";
import { DistroStore } from "./distro_store.ts";
import { ServiceLines } from "./service_lines.ts";
import { RunningDistros } from "./running_distros.ts";

/** A service with nothing to do stays for the next call of a script, which then need not start one. */
const LINGER_MILLISECONDS = 5_000;

const LOCK_ATTEMPTS = 10;
const LOCK_PAUSE_MILLISECONDS = 5;

/** Everything the service says goes into service.log. */
const log: Log = (level, event, fields) => {
  const line = JSON.stringify({ time: new Date().toISOString(), level, event, fields });
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
};

/**
 * The background process of one instance: owns the registry, the running distros and what they share. Returns
 * when nothing runs and nobody calls, at once if another service already serves this instance.
 */
export async function runService(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const paths = statePaths(environment);
  const program = nativeProgram(environment);
  await Deno.mkdir(paths.folder, { recursive: true, mode: 0o700 });
  using lock = await Deno.open(paths.serviceLock, { write: true, create: true, mode: 0o600 });
  if (!(await tryLock(lock))) return 0;

  using _defects = surviveDefects((reason) => log("error", "wsl.defect", { reason }));
  const over = Promise.withResolvers<void>();
  using lingering = new IdleTimer(LINGER_MILLISECONDS, () => over.resolve());
  let calls = 0;
  let isShutDown = false;
  const endIfUnused = () => {
    if (calls > 0 || !running.isEmpty) return;
    if (isShutDown) over.resolve();
    else lingering.restart();
  };
  const running = new RunningDistros({ paths, program, log, onEmpty: endIfUnused });
  await running.removeRemains();
  const parts: ServiceParts = {
    running,
    store: await DistroStore.open(paths.registry),
    exporting: new Set(),
    onShutDown: () => isShutDown = true,
  };

  await Deno.remove(paths.serviceSocket).catch(() => {});
  const listener = Deno.listen({ transport: "unix", path: paths.serviceSocket });
  await Deno.chmod(paths.serviceSocket, 0o600);
  log("info", "wsl.service.started", { pid: Deno.pid });
  const memory = new MemoryWatch({ giveBack: giveBackMemoryOnLinux, inUseBytes: 0, log });
  const serve = async (connection: Deno.UnixConn) => {
    calls++;
    lingering.stop();
    memory.worked();
    try {
      using lines = new ServiceLines(connection);
      await serveCall(lines, parts);
    } catch (error) {
      log("error", "wsl.call.failed", { reason: String(error) });
    } finally {
      calls--;
      endIfUnused();
    }
  };
  const accept = () => listener.accept();
  const accepting = acceptClients({ accept, serve, log, event: "wsl.accept.failed" });
  endIfUnused();
  await over.promise;
  // Calls that come from now on find no socket and start a service of their own once the lock is free.
  await Deno.remove(paths.serviceSocket).catch(() => {});
  listener.close();
  await accepting;
  log("info", "wsl.service.ended");
  return 0;
}

/** A call that checks whether a service lives holds the lock for an instant, which must not end a new service. */
async function tryLock(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
    if (file.tryLockSync(true)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MILLISECONDS));
  }
  return false;
}
