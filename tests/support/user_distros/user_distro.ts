import { join } from "node:path";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "../run_command.ts";
import { eventually } from "../eventually.ts";
import { InteractiveProcess } from "../interactive_process.ts";
import { listProcesses } from "../process_tree.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";
import type { WindlassInstance } from "../windlass_instance.ts";
import { writeBusyboxArchive } from "./busybox_archive.ts";
import { openDebianArchive } from "./debian_archive.ts";
import { USER_DISTRO_KINDS, type UserDistroKind, type UserDistroKindName } from "./user_distro_kinds.ts";

/** Milliseconds for a command of `wsl` that reads or removes a whole tree. */
const TREE_MILLISECONDS = 300_000;

/** In /proc/PID/status: the number in the innermost process namespace, as the last one, is 1. */
const FIRST_OF_NAMESPACE = /^NSpid:.*\t1$/m;

/** The user and the folder of a program; the other fields are those of every command. */
export interface UserRunOptions extends RunOptions {
  /** Name of a user; `null` for the distro's own. @default {"me"} */
  readonly user?: string | null;
  /** Folder in the distro. @default {"/"} */
  readonly folder?: string;
}

/** A distro of a user beside an instance of Windlass; disposal unregisters it. */
export interface UserDistro extends AsyncDisposable {
  readonly name: string;
  readonly kind: UserDistroKind;
  /** The distro's files as the machine sees them while it is stopped. */
  readonly files: string;
  /** Runs a program; a failure is a result like another. */
  attempt(argv: readonly string[], options?: UserRunOptions): Promise<CommandResult>;
  /** Runs a program and returns its trimmed stdout. @throws {Error} when it fails. */
  run(argv: readonly string[], options?: UserRunOptions): Promise<string>;
  /** Runs lines of sh and returns their trimmed stdout. @throws {Error} when they fail. */
  script(text: string, options?: UserRunOptions): Promise<string>;
  /** Starts a program with pipes. */
  start(argv: readonly string[], options?: UserRunOptions): InteractiveProcess;
  /** The root of the running distro as the machine sees it. Its absolute links point into the machine. */
  runningRoot(): Promise<string>;
  /** Stops the distro; the next program starts it again. */
  terminate(): Promise<void>;
}

/** Imports a distro of a kind, by default under a name of its kind and as its user left it: stopped. */
export async function openUserDistro(
  instance: WindlassInstance,
  kindName: UserDistroKindName,
  name: string = kindName,
): Promise<UserDistro> {
  const kind: UserDistroKind = USER_DISTRO_KINDS[kindName];
  const env = { WINDLASS_HOME: instance.home, WSL_UTF8: "1" };
  const wsl = (args: readonly string[]) =>
    runChecked([instance.executable, "wsl", ...args], { env, deadlineMilliseconds: TREE_MILLISECONDS });
  await using made = new AsyncDisposableStack();
  const folder = made.use(await openTemporaryFolder("windlass-user-distro")).path;
  const directory = join(folder, "disk");
  const version = ["--version", `${kind.version}`];
  await wsl(["--import", name, directory, await archiveOf(kind, folder), ...version]);
  made.defer(async () => {
    const { stdout } = await runCommand([instance.executable, "wsl", "--list", "--quiet"], { env });
    if (stdout.split(/\r?\n/).includes(name)) await wsl(["--unregister", name]);
  });
  const command = (argv: readonly string[], { user = "me", folder = "/" }: UserRunOptions = {}) => [
    ...[instance.executable, "wsl", "--distribution", name, ...(user === null ? [] : ["--user", user])],
    ...["--cd", folder, "--exec"],
    ...argv,
  ];
  const within = ({ env: more, deadlineMilliseconds, stdin }: UserRunOptions = {}): RunOptions => ({
    ...(deadlineMilliseconds === undefined ? {} : { deadlineMilliseconds }),
    ...(stdin === undefined ? {} : { stdin }),
    env: { ...env, ...more, WSLENV: Object.keys(more ?? {}).join(":") },
  });
  const distro: Omit<UserDistro, keyof AsyncDisposable> = {
    name,
    kind,
    files: join(directory, "rootfs"),
    attempt: (argv, options) => runCommand(command(argv, options), within(options)),
    run: async (argv, options) => (await runChecked(command(argv, options), within(options))).stdout.trim(),
    script: async (text, options) =>
      (await runChecked(command(["/bin/sh", "-euc", text], options), within(options))).stdout.trim(),
    start: (argv, options) => new InteractiveProcess(command(argv, options), within(options).env),
    runningRoot: () => eventually(() => runningRoot(distro)),
    terminate: async () => {
      await wsl(["--terminate", name]);
    },
  };
  if (kind.version === 2) await setUp(distro, kind);
  const owned = made.move();
  return { ...distro, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function setUp(distro: Pick<UserDistro, "script" | "terminate">, kind: UserDistroKind): Promise<void> {
  await distro.script(
    `cat > /etc/wsl.conf\nchown -R 1000:1000 /home/me\n${kind.setUp}`,
    { user: "root", stdin: kind.settings },
  );
  await distro.terminate();
}

/**
 * Finds process 1 of the distro among those of the machine: it has the distro's files as its root, and lasts as long as
 * the distro, where any other may end at once.
 */
async function runningRoot(distro: Pick<UserDistro, "files">): Promise<string> {
  const wanted = await Deno.stat(join(distro.files, "etc/passwd"));
  for (const { pid } of await listProcesses()) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
    if (!FIRST_OF_NAMESPACE.test(status)) continue;
    const root = `/proc/${pid}/root`;
    const found = await Deno.stat(`${root}/etc/passwd`).catch(() => undefined);
    if (found !== undefined && found.ino === wanted.ino && found.dev === wanted.dev) return root;
  }
  throw new Error(`Cannot find process 1 of the distro with the files '${distro.files}'`);
}

async function archiveOf(kind: UserDistroKind, folder: string): Promise<string> {
  if (kind.base === "debian") return await openDebianArchive();
  const path = join(folder, "busybox.tar");
  await writeBusyboxArchive(path);
  return path;
}
