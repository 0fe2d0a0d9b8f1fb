import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openControlGroups } from "./control_groups.ts";
import { getStatus } from "./raw_http.ts";
import { openTemporaryFolder } from "./temporary_folder.ts";
import { openTestRootfs } from "./test_rootfs.ts";
import { killIfRunning } from "./kill_if_running.ts";

/** Milliseconds until a bare dockerd has to answer: it needs well under two seconds on two slow cores that are idle. */
const START_MILLISECONDS = 120_000;
/** Milliseconds in which the end of its stdin must have ended all of it. */
const END_MILLISECONDS = 30_000;
const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), "bare_engine.sh");

/** A dockerd with nothing between it and its clients: what Windlass is compared with. */
export interface BareEngine extends AsyncDisposable {
  readonly socketPath: string;
  readonly dockerHost: string;
  /** Milliseconds from the start of the first process to the first answer of the API. */
  readonly startMilliseconds: number;
  /** Milliseconds from the start of dockerd itself, with all mounts done, to the first answer of the API. */
  readonly daemonMilliseconds: number;
}

/** How a bare engine is started. */
export interface BareEngineOptions {
  /** Host folders which are seen inside under the same path, for bind mounts. */
  readonly sharedFolders?: readonly string[];
  /** A folder for dockerd's data that is kept, so that a second engine can start with the same data. */
  readonly dataFolder?: string;
}

/**
 * Starts dockerd out of the engine distro's root file system, in namespaces and control groups of its own.
 * Disposal ends every process of it and leaves no mount, interface, control group or file; so does a failure.
 */
export async function startBareEngine(options: BareEngineOptions = {}): Promise<BareEngine> {
  await using owned = new AsyncDisposableStack();
  const state = owned.use(await openTemporaryFolder("windlass-bare")).path;
  for (const name of ["root", "upper", "work", "run", "data"]) await Deno.mkdir(join(state, name));
  const data = options.dataFolder ?? join(state, "data");
  const rootfs = await openTestRootfs();
  await writeConfiguration(rootfs, join(state, "run", "bare-daemon.json"));
  const groups = owned.use(await openControlGroups("windlass-bare"));

  const started = performance.now();
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'for folder in $GROUPS_TO_JOIN; do echo $$ > "$folder/cgroup.procs"; done; exec "$@"',
      "sh",
      ...["unshare", "-mnpiuC", "--fork", "--kill-child", "sh", SCRIPT, rootfs, state, data],
      groups.unified ? "1" : "0",
      groups.hierarchies.map((hierarchy) => `${hierarchy.name}=${hierarchy.option}`).join(" "),
      ...options.sharedFolders ?? [],
    ],
    env: { GROUPS_TO_JOIN: groups.folders.join(" "), PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = new Response(child.stderr).text();
  owned.defer(() => endProcess(child));
  const daemonStarted = await firstOutput(child.stdout, complaints);

  const socketPath = join(state, "run", "docker.sock");
  await waitForAnswer(socketPath, join(state, "run", "dockerd.log"));
  const answered = performance.now();
  const stack = owned.move();
  return {
    socketPath,
    dockerHost: `unix://${socketPath}`,
    startMilliseconds: answered - started,
    daemonMilliseconds: answered - daemonStarted,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The end of stdin ends process 1, and with it all of its namespace; the kill is for a script that hangs before. */
async function endProcess(child: Deno.ChildProcess): Promise<void> {
  await child.stdin.close().catch(() => {});
  const timer = setTimeout(() => killIfRunning(child), END_MILLISECONDS);
  await child.status;
  clearTimeout(timer);
}

async function firstOutput(stdout: ReadableStream<Uint8Array>, complaints: Promise<string>): Promise<number> {
  const reader = stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`Cannot start a bare engine: ${await complaints}`);
  const now = performance.now();
  // Nothing else is written there; the reader ends with the process.
  reader.read().catch(() => {});
  return now;
}

async function waitForAnswer(socketPath: string, log: string): Promise<void> {
  try {
    const deadline = Date.now() + START_MILLISECONDS;
    while (await getStatus(socketPath, "/_ping").catch(() => 0) !== 200) {
      if (Date.now() > deadline) throw new Error(`no answer after ${START_MILLISECONDS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  } catch (error) {
    const text = await Deno.readTextFile(log).catch(() => "");
    throw new Error(`Cannot start a bare engine: ${(error as Error).message}: ${text.slice(-2_000)}`);
  }
}

/** The daemon's own settings in the root file system hold for both engines, but where it listens and keeps data. */
async function writeConfiguration(rootfs: string, path: string): Promise<void> {
  const text = await Deno.readTextFile(join(rootfs, "etc/docker/daemon.json")).catch(() => "{}");
  const { hosts: _hosts, "data-root": _dataRoot, ...settings } = JSON.parse(text);
  await Deno.writeTextFile(path, JSON.stringify(settings));
}
