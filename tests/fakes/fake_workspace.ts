import type { LinkReader } from "../../src/relay/paths/resolve_links.ts";
import type { PathUse, TranslatedPath } from "../../src/relay/paths/translate_path.ts";
import { workspacePaths } from "../../src/relay/paths/workspace_paths.ts";
import { NEVER } from "../../src/timing/sleep.ts";

/** The socket of the workspace, as the engine sees it. */
export const WORKSPACE_SOCKET = "/mnt/wsl/windlass/0123456789abcdef0123456789abcdef/docker.sock";
/** Where the engine has the files of the workspace. */
export const WORKSPACE_FOLDER = "/run/windlass/workspaces/Ubuntu-24.04";

/** Files and links of every kind, as a workspace has them. */
export const WORKSPACE_ENTRIES = {
  "/home": null,
  "/home/me": null,
  "/home/me/real": null,
  "/home/me/real/deep": null,
  "/home/me/file.txt": null,
  "/home/me/absolute": "/home/me/real",
  "/home/me/relative": "real",
  "/home/me/drive": "/mnt/c/Users",
  "/home/me/distros": "/mnt/wsl/cross-distro",
  "/home/me/dangling": "/nowhere/x",
  "/home/me/loop": "loop2",
  "/home/me/loop2": "/home/me/loop",
  "/home/me/kernel": "/proc/self/mounts",
  "/home/me/top": "/",
  "/home/me/own.sock": "/run/docker.sock",
  "/home/me/other": "/run/windlass/workspaces/Debian/home",
  "/home/me/roots": "/mnt/wsl/windlass/roots",
  "/run": null,
  "/run/docker.sock": WORKSPACE_SOCKET,
  "/var": null,
  "/var/run": "/run",
  "/mnt": null,
  "/mnt/c": null,
  "/mnt/c/Users": null,
  "/mnt/c/Users/link": "/home/me/real",
  "/mnt/q": null, // a folder of the user's that is merely called like a drive
  "/mnt/wsl": null,
  "/mnt/wsl/cross-distro": null,
  "/mnt/wsl/windlass": null,
  "/mnt/wsl/windlass/roots": null,
  "/dev": null,
  "/dev/log": "/run/systemd.socket",
  "/run/systemd.socket": null,
};

const ENGINE_MOUNTS = [
  "1 0 0:30 / / rw - ext4 /dev/sdc rw",
  "2 1 0:31 / /mnt/wsl rw shared:1 - tmpfs none rw",
  "3 1 0:32 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs",
  "4 1 0:33 / /mnt/d rw - 9p D:\\134 rw,aname=drvfs",
  "5 2 8:1 / /mnt/wsl/windlass-data rw - ext4 /dev/sdd rw",
];

/** A workspace `Ubuntu-24.04` without a machine: its files, its mounts, and what the engine has of them. */
export class FakeWorkspace implements LinkReader {
  /** What exists, by path: the target of a link, `null` for anything else. */
  readonly entries: Map<string, string | null>;
  /** The root of the workspace is not among them. */
  mounts: string[];
  /** What the engine has attached; those of the workspace at that time. */
  attached: string[];
  /** Why it cannot be attached. */
  failure: string | undefined;
  renewals = 0;
  /** What was asked about the engine. */
  readonly asked: string[] = [];
  /** Whether the workspace's list of mounts cannot be read. */
  hidesMounts = false;

  constructor(entries: Readonly<Record<string, string | null>>, readonly automountRoot = "/mnt/") {
    this.entries = new Map(Object.entries(entries));
    this.mounts = [
      `0:31 / ${automountRoot}wsl rw - tmpfs none rw`,
      `8:1 / ${automountRoot}wsl/windlass-data rw - ext4 /dev/sdd rw`,
      `0:41 / ${automountRoot}c rw - 9p C:\\134 rw,aname=drvfs`,
    ];
    this.attached = this.mounts;
  }

  /** Translates without a wait for a real file system. */
  async translate(source: string, use: PathUse = "create", signal = NEVER): Promise<TranslatedPath> {
    const attach = () => Promise.resolve(this.failure);
    const translate = workspacePaths({
      name: "Ubuntu-24.04",
      automountRoot: this.automountRoot,
      socket: WORKSPACE_SOCKET,
      files: this,
      mounts: {
        workspace: () => Promise.resolve(this.hidesMounts ? "" : listOf("", this.mounts)),
        engine: () =>
          Promise.resolve(`${ENGINE_MOUNTS.join("\n")}\n${listOf(WORKSPACE_FOLDER, this.attached)}`),
      },
      root: {
        attach,
        renew: () => {
          this.renewals++;
          this.attached = this.mounts;
          return attach();
        },
      },
      engineHas: (path) => {
        this.asked.push(path);
        return Promise.resolve(path !== "/dev/missing");
      },
    });
    return await translate(source, use, signal);
  }

  async readLink(path: string): Promise<string | null> {
    await Promise.resolve();
    if (!path.startsWith(`${WORKSPACE_FOLDER}/`)) throw new Error(`a path of the engine was read: ${path}`);
    const name = path.slice(WORKSPACE_FOLDER.length);
    const target = this.entries.get(name);
    if (target !== undefined) return target;
    const parent = name.slice(0, name.lastIndexOf("/"));
    if (this.entries.get(parent) === null && this.isFile(parent)) throw new Deno.errors.NotADirectory();
    throw new Deno.errors.NotFound();
  }

  /** A name with a dot is that of a file. */
  private isFile(path: string): boolean {
    return path.slice(path.lastIndexOf("/")).includes(".");
  }
}

function listOf(folder: string, mounts: readonly string[]): string {
  const lines = [`100 1 8:9 / ${folder || "/"} rw - ext4 /dev/sde rw`];
  for (const mount of mounts) {
    const [device, inside, point, ...rest] = mount.split(" ");
    lines.push(`${101 + lines.length} 100 ${device} ${inside} ${folder}${point} ${rest.join(" ")}`);
  }
  return `${lines.join("\n")}\n`;
}
