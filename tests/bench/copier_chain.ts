/**
 * Chains of copiers that take the way of a request or of a published port: a process on the machine, the same `wsl` command
 * that links host and agent, and a process in the engine distro. Nothing that goes through one `wsl` can be much
 * faster. A chain carries one connection.
 */
import { launchArguments } from "../../src/wsl/launch_arguments.ts";
import { DOCKERD_SOCKET } from "../../src/agent/protocol/distro_paths.ts";
import { compiledProgram } from "../support/compile_once.ts";
import { freePorts } from "../support/free_ports.ts";
import type { LaunchOptions } from "../../src/wsl/wsl.ts";
import type { WindlassInstance } from "../support/windlass_instance.ts";
import type { Metered } from "./cpu_time.ts";

/** The network of the engine's containers (`distro/overlay/usr/lib/windlass/engine-network.sh`). */
const ENGINE_NETWORK = "/run/windlass/network";

/** A chain that waits for its connections. */
export interface CopierChain extends AsyncDisposable {
  /** Measures something that uses up all connections, with the CPU time of all processes of the chain. */
  metered<Value>(run: () => Promise<Value>): Promise<Metered<Value>>;
}

/** The copier, in place on both sides. */
export interface Copier {
  /** Opens a chain for one connection from `socketPath` to dockerd's socket. */
  openSocket(socketPath: string): Promise<CopierChain>;
  /** Opens chains for so many connections from a port of the machine to a port of a container. */
  openPort(
    address: string,
    port: number,
    connections: number,
  ): Promise<CopierChain & { readonly port: number }>;
}

/** Puts the copier into the engine distro of a running instance. */
export async function installCopier(windlass: WindlassInstance): Promise<Copier> {
  const program = await compiledProgram("tests/bench/copier.c", "-static", "-D_GNU_SOURCE");
  const distro = (await windlass.status()).distro.name;
  // In memory: it is gone with the distro. A name of its own, since two runs may use the same machine.
  const guestCopier = `/run/bench-copier-${crypto.randomUUID()}`;
  const wsl = (argv: LaunchOptions["argv"]) => ["wsl", ...launchArguments({ distro, argv })];
  const script = `cat > ${guestCopier} && chmod 755 ${guestCopier}`;
  await windlass.run(wsl(["/bin/sh", "-c", script]), { stdin: await Deno.readFile(program) });
  const open = (listen: readonly string[], guest: LaunchOptions["argv"]) =>
    openChain([program, "listen", ...listen, windlass.executable, ...wsl(guest)], windlass.home);
  return {
    openSocket: (socketPath) =>
      open(["unix", socketPath, "1"], [guestCopier, "connect", "unix", DOCKERD_SOCKET]),
    async openPort(address, port, connections) {
      const outside = freePorts();
      const guest = [guestCopier, "connect", "tcp", address, `${port}`];
      const chain = await open(["tcp", `${outside}`, `${connections}`], [
        "/usr/bin/nsenter",
        `--net=${ENGINE_NETWORK}`,
        "--",
        ...guest,
      ]);
      return { ...chain, port: outside };
    },
  };
}

async function openChain([program, ...args]: readonly string[], home: string): Promise<CopierChain> {
  await using owned = new AsyncDisposableStack();
  const child = new Deno.Command(program!, {
    args,
    env: { WINDLASS_HOME: home },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  owned.defer(() => endChild(child));
  const reports = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`Cannot open a chain of copiers: ${(await reports).trim()}`);
  reader.read().catch(() => {}); // nothing else is written there; the reader ends with the process
  const stack = owned.move();
  return {
    async metered(run) {
      const value = await run();
      return { value, cpuSeconds: { copiers: sumOfReports(await reports) } };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Each process says at its end what it has used. Pure. */
function sumOfReports(text: string): number {
  return [...text.matchAll(/^cpu ([\d.]+)$/gm)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

/** A chain ends by itself when its client has; those below the child end with it. */
async function endChild(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended.
  }
  await child.status;
}
