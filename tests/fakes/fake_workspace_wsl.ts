import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { ListedDistro, RunOptions, RunResult, SpawnOptions, WslProcess } from "../../src/wsl/wsl.ts";

/** A distro of the user's, as the fake remembers it. */
export interface UserDistro {
  running: boolean;
  version: number;
  automountRoot: string;
  directory: string | null;
  /** The shared folder in its manifest; `undefined` without one. */
  manifest: string | undefined;
  socket: "ours" | "missing" | "foreign" | "engine";
  dockerGroup: number | null;
  /** Files that the user has edited. */
  changed: string[];
  /** What the tool answers instead of working. */
  failure: { readonly error: string; readonly message: string } | WindlassError | undefined;
}

/** What the tool places. */
export const PLACED_FILES: readonly string[] = ["/usr/local/bin/docker", "/usr/local/bin/windlass"];

/** WSL with distros of the user's, in which the tool `workspace` runs once the engine shows it. */
export class FakeWorkspaceWsl {
  readonly distros = new Map<string, UserDistro>();
  /** Every program that was run, as `Ubuntu: probe`. */
  readonly calls: string[] = [];
  /** Every list. */
  lists = 0;
  /** Whether the shared folder exists. */
  shared = true;
  /** The folders in which the tool was put besides. */
  readonly copies = new Set<string>();
  /** The processes that share a root. */
  readonly shares: FakeShare[] = [];
  /** What a share says first. */
  shareLine = '{"step":"shared"}\n';
  /** Whether the list leaves open what runs, as the registry of Windows does. */
  listsRegistry = false;

  add(name: string, changes: Partial<UserDistro> = {}): UserDistro {
    const distro: UserDistro = {
      running: false,
      version: 2,
      automountRoot: "/mnt/",
      directory: `C:\\wsl\\${name}`,
      manifest: undefined,
      socket: "missing",
      dockerGroup: null,
      changed: [],
      failure: undefined,
      ...changes,
    };
    this.distros.set(name, distro);
    return distro;
  }

  list(): Promise<readonly ListedDistro[]> {
    this.lists++;
    return Promise.resolve([...this.distros].map(([name, { running, version, directory }], index) => ({
      name,
      state: this.listsRegistry ? "registered" : running ? "running" : "stopped",
      version,
      isDefault: index === 0,
      directory,
    })));
  }

  running(): Promise<readonly string[]> {
    return Promise.resolve([...this.distros].filter(([, { running }]) => running).map(([name]) => name));
  }

  run({ distro: name, argv, user }: RunOptions): Promise<RunResult> {
    const [program, verb = "", ...args] = argv;
    const distro = this.distros.get(name);
    this.calls.push(`${name}: ${program === "/bin/wslpath" ? "wslpath" : verb}`);
    if (distro === undefined) {
      const failure = new WindlassError("WL_DISTRO_NOT_FOUND", "Cannot run it: there is no such distro");
      return Promise.reject(failure);
    }
    if (distro.failure instanceof WindlassError) return Promise.reject(distro.failure);
    distro.running = true;
    const [, copy] = /^\/mnt\/wsl\/([^/]+)/.exec(argv.at(-1) ?? "") ?? [];
    if (program === "/usr/bin/install" && copy !== undefined) this.copies.add(copy);
    if (program === "/bin/rm" && copy !== undefined) this.copies.delete(copy);
    if (name === "windlass") return said("");
    if (program === "/bin/wslpath") return said(`${distro.automountRoot}c/\n`);
    const folders = [...this.shared ? ["windlass"] : [], ...this.copies];
    const programs = folders.map((folder) =>
      `${distro.automountRoot}wsl/${folder}/usr/lib/windlass/workspace`
    );
    if (!programs.includes(program)) {
      const stderr =
        `<3>WSL (1 - Relay) ERROR: CreateProcessCommon:800: execvpe(${program}) failed: No such file\n`;
      return Promise.resolve({ exitCode: 1, stdout: "", stderr });
    }
    if (verb === "whoami") return said(user === null ? '{"uid":1000,"gid":1000}\n' : '{"uid":0,"gid":0}\n');
    if (distro.failure !== undefined) return said(`${JSON.stringify(distro.failure)}\n`, 1);
    switch (verb) {
      case "probe":
        return said(`${JSON.stringify(this.#probe(distro))}\n`);
      case "enable":
        distro.manifest = option(args, "--shared");
        distro.socket = "ours";
        return said(
          [
            { step: "manifest", path: "/var/lib/windlass/workspace.json", outcome: "placed" },
            ...PLACED_FILES.map((path) => ({ step: "file", path, outcome: "placed" })),
            { step: "done", manifest: PLACED_FILES.map((path) => ({ path })) },
          ].map((line) => `${JSON.stringify(line)}\n`).join(""),
        );
      case "disable": {
        const removed = distro.manifest === undefined
          ? []
          : PLACED_FILES.filter((path) => !distro.changed.includes(path));
        distro.manifest = undefined;
        distro.socket = "missing";
        return said(
          `${JSON.stringify({ removed, kept: distro.changed.map((path) => ({ path, why: "changed" })) })}\n`,
        );
      }
      case "link":
        distro.socket = "ours";
        return said('{"step":"link","path":"/run/docker.sock","outcome":"placed"}\n');
    }
    return said("", 2);
  }

  spawn({ distro, argv }: SpawnOptions): WslProcess {
    this.calls.push(`${distro}: ${argv[1]} ${argv[3]}`);
    const share = new FakeShare(this.shareLine);
    this.shares.push(share);
    return share;
  }

  #probe(distro: UserDistro) {
    const { automountRoot, dockerGroup, socket, manifest, changed } = distro;
    const isPlaced = manifest !== undefined;
    return {
      automountRoot,
      dockerGroup,
      writable: true,
      interop: true,
      systemd: false,
      shells: ["sh"],
      socket,
      docker: isPlaced ? "ours" : "missing",
      files: isPlaced
        ? PLACED_FILES.map((path) => ({ path, state: changed.includes(path) ? "changed" : "placed" }))
        : [],
      manifest: isPlaced,
      ...isPlaced ? { shared: manifest } : {},
    };
  }
}

/** A process that has handed a root over, and runs until it is killed or its input ends. */
export class FakeShare implements WslProcess {
  readonly pid = 1;
  readonly pipeAccess = "in-line" as unknown as WslProcess["pipeAccess"];
  readonly #exited = Promise.withResolvers<{ exitCode: number; failure: null }>();
  readonly exited = this.#exited.promise;
  isOpen = true;
  #line: string | undefined;

  constructor(line: string) {
    this.#line = line;
  }

  get link(): WslProcess["link"] {
    return {
      read: () => {
        const line = this.#line;
        this.#line = undefined;
        if (line === undefined || line === "") return this.exited.then(() => null);
        return Promise.resolve(new TextEncoder().encode(line));
      },
      write: () => Promise.resolve(),
      closeWrite: () => Promise.resolve(this.end()),
      close: () => this.end(),
      [Symbol.dispose]: () => this.end(),
    };
  }

  end(exitCode = 0): void {
    this.isOpen = false;
    this.#exited.resolve({ exitCode, failure: null });
  }

  kill(): void {
    this.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }
}

function said(stdout: string, exitCode = 0): Promise<RunResult> {
  return Promise.resolve({ exitCode, stdout, stderr: "" });
}

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}
