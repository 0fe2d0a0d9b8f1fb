import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { environmentOf, listProcesses } from "../../support/process_tree.ts";
import { cachePath, REPOSITORY } from "../../support/repository.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { buildOnce } from "../../support/build_once.ts";
import { enterWineRoot, openWineRoot, wineCache, type WineRoot } from "./wine_root.ts";

/** Part of the template's name: change it, and every machine makes the template again. */
const RECIPE = 1;

/** The first start of a prefix takes ten seconds on an idle machine. */
const BOOT_MILLISECONDS = 600_000;

/** Milliseconds in which a killed process must be gone. */
const END_MILLISECONDS = 60_000;

/** The name of the user inside, as Wine takes it from the root's list of users. */
export const WINDOWS_USER = "root";

/** Options of a program that is started in a prefix. */
export interface PrefixCall {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Windows installation of its own: drive C and registry. Nobody else uses it. */
export interface WinePrefix extends AsyncDisposable {
  /** A folder of this machine that goes with the prefix. */
  readonly home: string;
  readonly path: string;
  /** The command of this machine that runs `argv`, the first word of which is a program of the root, in it. */
  command(argv: readonly string[], call?: PrefixCall): string[];
  /** Ends every program and service of Windows in it. */
  endPrograms(): Promise<void>;
}

/** Copies the template; nothing runs in the new prefix yet. */
export async function createWinePrefix(): Promise<WinePrefix> {
  const root = await openWineRoot();
  const template = wineCache(`template-${root.key}-${RECIPE}`);
  await buildOnce(template, (partial) => bootTemplate(root, partial));
  const parent = wineCache("prefixes");
  await Deno.mkdir(parent, { recursive: true });
  await removeAbandoned(root, parent);
  const home = join(parent, `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`);
  const prefix = prefixIn(root, home);
  await copyTemplate(template, prefix.path);
  return prefix;
}

function prefixIn(root: WineRoot, home: string): WinePrefix {
  const path = join(home, "prefix");
  const command: WinePrefix["command"] = (argv, call = {}) =>
    enterWineRoot({
      root,
      visible: visibleFolders(),
      folder: call.folder ?? join(path, "drive_c"),
      environment: { ...baseEnvironment(home, path), ...call.environment },
    }, argv);
  return {
    home,
    path,
    command,
    endPrograms: () => endProcesses({ path, command }),
    [Symbol.asyncDispose]: () => endPrefix({ home, path, command }),
  };
}

/** Temporary files, checkout and caches; an outer folder before those in it. */
function visibleFolders(): string[] {
  const folders = new Set([
    "/tmp",
    Deno.env.get("TMPDIR"),
    REPOSITORY,
    cachePath(),
    Deno.env.get("DENO_DIR"),
  ]);
  return [...folders].filter((folder) => folder !== undefined).sort((a, b) => a.length - b.length);
}

function baseEnvironment(home: string, path: string): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: home,
    WINEPREFIX: path,
    WINEDEBUG: "-all",
    // No offer to install .NET or a browser engine, and no entries for desktops of Linux.
    WINEDLLOVERRIDES: "mscoree,mshtml,winemenubuilder.exe=",
  };
}

async function bootTemplate(root: WineRoot, partial: string): Promise<void> {
  console.error(`Making the Windows prefix '${partial}' (once)`);
  const prefix = prefixIn(root, partial);
  await Deno.mkdir(prefix.path, { recursive: true });
  try {
    await runChecked(prefix.command(["wine", "wineboot", "-i"], { folder: partial }), {
      deadlineMilliseconds: BOOT_MILLISECONDS,
    });
    await runChecked(prefix.command(["wineserver", "-w"]), { deadlineMilliseconds: BOOT_MILLISECONDS });
  } finally {
    await endProcesses(prefix);
  }
}

/** What Windows programs only read is linked; the rest is copied, the registry's files above all. */
async function copyTemplate(template: string, path: string): Promise<void> {
  const source = join(template, "prefix");
  await Deno.mkdir(join(path, "drive_c"), { recursive: true });
  for await (const entry of Deno.readDir(source)) {
    if (entry.name === "drive_c" || entry.name === "wineserver") continue;
    await runChecked(["cp", "-a", join(source, entry.name), path]);
  }
  for await (const entry of Deno.readDir(join(source, "drive_c"))) {
    const how = entry.name === "windows" ? "-al" : "-a";
    await runChecked(["cp", how, join(source, "drive_c", entry.name), join(path, "drive_c")]);
  }
}

async function endPrefix(prefix: Pick<WinePrefix, "home" | "path" | "command">): Promise<void> {
  await endProcesses(prefix);
  await Deno.remove(prefix.home, { recursive: true });
}

/** Ends every process of one prefix: by its own server, then by process id what that did not reach. */
async function endProcesses({ path, command }: Pick<WinePrefix, "path" | "command">): Promise<void> {
  await runCommand(command(["wineserver", "-k"], { folder: "/" })); // fails when no server runs
  await eventually(async () => {
    const left = await processesOfPrefix(path);
    for (const pid of left) endQuietly(pid);
    if (left.length > 0) {
      throw new Error(`Cannot end the prefix '${path}': processes ${left.join(", ")} stay`);
    }
  }, END_MILLISECONDS);
  // Where the server's socket was; the server leaves the folder.
  const server = await Deno.readTextFile(join(path, "wineserver")).catch(() => "");
  if (/^wine-\w+$/.test(server)) {
    await Deno.remove(join("/tmp", server), { recursive: true }).catch(() => {});
  }
}

/** The Linux process ids of all programs and services of Windows that run in a prefix. */
export async function processesOfPrefix(path: string): Promise<number[]> {
  const found: number[] = [];
  for (const { pid } of await listProcesses()) {
    if (await environmentOf(pid, "WINEPREFIX") === path) found.push(pid);
  }
  return found;
}

/** The Linux process ids of the runtimes of Windlass that run in a prefix: the launcher calls each "windlass". */
export async function runtimesOf({ prefix }: { readonly prefix: WinePrefix }): Promise<number[]> {
  const ours = await processesOfPrefix(prefix.path);
  const all = await listProcesses();
  return all.filter(({ pid, arguments: words }) => ours.includes(pid) && words[0] === "windlass")
    .map(({ pid }) => pid);
}

/** Prefixes of test runs that were killed. */
async function removeAbandoned(root: WineRoot, parent: string): Promise<void> {
  for await (const entry of Deno.readDir(parent)) {
    const owner = /^(\d+)-/.exec(entry.name)?.[1];
    if (owner === undefined || await Deno.stat(`/proc/${owner}`).then(() => true, () => false)) continue;
    await endPrefix(prefixIn(root, join(parent, entry.name))).catch(() => {}); // another run may do the same
  }
}

function endQuietly(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
