import { join } from "node:path";
import { compiledWorkspaceTool } from "../../../support/compile_once.ts";
import { InteractiveProcess } from "../../../support/interactive_process.ts";
import { type CommandResult, runChecked, runCommand, type RunOptions } from "../../../support/run_command.ts";
import { openTemporaryFolder } from "../../../support/temporary_folder.ts";

/** Where the distro of a test sees what all distros share. */
export const SHARED = "/mnt/wsl/windlass";
export const SOCKET = `${SHARED}/0123456789abcdef0123456789abcdef/docker.sock`;
/** Windlass as the distro of a test sees it. */
export const EXECUTABLE = "/mnt/c/Windlass/windlass.exe";
/** Where the program is in every distro. */
export const TOOL = `${SHARED}/usr/lib/windlass/workspace`;
export const ENABLE = ["enable", "--shared", SHARED, "--socket", SOCKET, "--executable", EXECUTABLE];
export const MANIFEST = "/var/lib/windlass/workspace.json";

/** A file that is a program of the user's: what it does is of no interest. */
export const SOME_PROGRAM = "#!/bin/sh\n";

/** What a test's distro has besides busybox: text is a file, an arrow begins a link, `null` is a folder. */
export type Additions = Readonly<Record<string, string | null>>;

/** Things that are in no state of a distro: what the kernel and the engine have there. */
const NOT_COMPARED = ["./proc", "./dev", "./mnt", "./tmp"];

/** A line that the program has reported. */
export type Reported = Readonly<Record<string, unknown>>;

/** A user's distro as a bare tree in mount namespace of its own, on a file system in memory, where the program runs as root. */
export class ToolTree implements AsyncDisposable {
  readonly #owned: AsyncDisposableStack;
  readonly #holder: InteractiveProcess;
  /** The tree as programs in its namespace reach it. */
  readonly root: string;

  constructor(owned: AsyncDisposableStack, holder: InteractiveProcess, root: string) {
    this.#owned = owned;
    this.#holder = holder;
    this.root = root;
  }

  /** A process in its mount namespace. */
  get holder(): number {
    return this.#holder.pid;
  }

  /** A path of the distro as this process reaches it; links in it are not the distro's. */
  path(path: string): string {
    return `/proc/${this.#holder.pid}/root${this.root}${path}`;
  }

  /** Runs a program in the mount namespace, outside of the distro. */
  outside(argv: readonly string[], options?: RunOptions): Promise<CommandResult> {
    return runCommand(["nsenter", `--mount=/proc/${this.#holder.pid}/ns/mnt`, ...argv], options);
  }

  /** Runs a program in the distro, with nothing in its environment but what is given. */
  inside(argv: readonly string[], { user = "0:0", env = {} }: {
    readonly user?: string;
    readonly env?: Record<string, string>;
  } = {}): Promise<CommandResult> {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    // The variables are set in the distro: they may be such that a program of this machine heeds.
    const command = ["/bin/busybox", "env", "-i", ...variables, ...argv];
    return this.outside(["/usr/sbin/chroot", `--userspec=${user}`, this.root, ...command]);
  }

  /** Runs the program and returns what it has reported. @throws {Error} when it fails. */
  async tool(verb: readonly string[]): Promise<Reported[]> {
    const result = await this.inside([TOOL, ...verb]);
    if (result.code !== 0) throw new Error(`Cannot run '${verb[0]}': ${result.stdout}${result.stderr}`);
    return linesOf(result);
  }

  /** The failure that it reports. @throws {Error} when it does not fail. */
  async failure(verb: readonly string[], user = "0:0"): Promise<Reported> {
    const result = await this.inside([TOOL, ...verb], { user });
    const last = linesOf(result).at(-1);
    if (result.code !== 1 || last === undefined) {
      throw new Error(`'${verb[0]}' has not failed: ${result.stdout}`);
    }
    return last;
  }

  /** The one object that `probe` reports. */
  async probe(): Promise<Reported> {
    return (await this.tool(["probe", "--shared", SHARED]))[0]!;
  }

  /** Every file, link and folder of the distro: type, mode, owner, target or hash; the time of files and links. */
  async list(): Promise<string[]> {
    const pruned = NOT_COMPARED.flatMap((path) => ["-path", path, "-prune", "-o"]);
    const script = `cd "$1"; shift; find . "$@" -type d -printf '%y %#m %U:%G %p\\n' ` +
      `-o -printf '%y %#m %U:%G %T@ %p %l\\n'; find . "$@" -type f -exec sha256sum '{}' +`;
    const result = await this.outside(["/bin/sh", "-euc", script, "sh", this.root, ...pruned]);
    if (result.code !== 0) throw new Error(`Cannot list the tree: ${result.stderr}`);
    return result.stdout.split("\n").sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

function linesOf({ stdout }: CommandResult): Reported[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Makes a distro of busybox and what is given. */
export async function openToolTree(additions: Additions = {}): Promise<ToolTree> {
  await using owned = new AsyncDisposableStack();
  const folder = owned.use(await openTemporaryFolder("windlass-tool"));
  const script = 'mount -t tmpfs -o mode=755 tool "$1"; cd "$1"; mkdir proc dev; mount -t proc proc proc; ' +
    "mount --bind /dev dev; echo ready; exec cat"; // it ends with this process, and the mounts with it
  const holder = owned.use(
    new InteractiveProcess([
      "unshare",
      "--mount",
      "--propagation",
      "private",
      "/bin/sh",
      "-euc",
      script,
      "sh",
      folder.path,
    ]),
  );
  await holder.waitFor(/ready/);
  const stack = owned.move();
  const tree = new ToolTree(stack, holder, folder.path);
  await fill(tree, additions);
  return tree;
}

async function fill(tree: ToolTree, additions: Additions): Promise<void> {
  const completions = `${SHARED}/usr/lib/windlass/completions`;
  const entries: Additions = {
    "/bin": null,
    "/run": null,
    "/tmp": null,
    [completions]: null,
    ...Object.fromEntries(
      ["bash", "zsh", "fish"].map((shell) => [`${completions}/docker.${shell}`, `# ${shell}\n`]),
    ),
  };
  for (const all of [entries, additions]) {
    for (const [path, content] of Object.entries(all)) await add(tree.path(path), content);
  }
  await Deno.copyFile("/bin/busybox", tree.path("/bin/busybox"));
  for (const applet of ["sh", "cat"]) await Deno.symlink("busybox", tree.path(`/bin/${applet}`));
  await Deno.copyFile(await compiledWorkspaceTool(), tree.path(TOOL));
  await runChecked(["chmod", "755", tree.path(TOOL)]);
}

async function add(path: string, content: string | null): Promise<void> {
  await Deno.mkdir(content === null ? path : join(path, ".."), { recursive: true });
  if (content === null) return;
  if (content.startsWith("-> ")) return await Deno.symlink(content.slice(3), path);
  await Deno.writeTextFile(path, content);
  await Deno.chmod(path, content.startsWith("#!") ? 0o755 : 0o644);
}
