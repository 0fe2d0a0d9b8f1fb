import { WindlassError } from "../../src/errors/windlass_error.ts";
import type {
  DistroState,
  ImportOptions,
  ListedDistro,
  RunOptions,
  RunResult,
  Wsl,
  WslProcess,
  WslVersion,
} from "../../src/wsl/wsl.ts";

/** A distro as the fake remembers it. */
export interface FakeDistro {
  state: DistroState;
  /** `null` where WSL does not report it. */
  readonly directory: string | null;
  /** All bytes of the archive that it was imported from, as text. */
  readonly archive: string;
  /** Paths of files in it; tests add what a user would. */
  readonly files: Set<string>;
}

/** What the fake is made of; everything else it does like WSL. */
export interface FakeWslOptions {
  /** Paths in an archive. @default one path per line of its text */
  readonly filesOf?: (archive: string) => Iterable<string>;
  /** What a program in a distro prints and how it ends. @default ends with 1, as one that does not exist */
  readonly runProgram?: (distro: FakeDistro, options: RunOptions) => Partial<RunResult>;
  /**
   * Called at each point where the caller could die: before and after each effect. What it throws is thrown on,
   * and the call goes no further.
   */
  readonly atPoint?: (point: string) => void;
  /** What becomes of an import whose caller died in the middle: gone, as WSL has it, or here with half its files. */
  readonly halfImport?: "undone" | "registered";
}

/** A WSL in memory that remembers its distros and what it was asked. */
export class FakeWsl implements Wsl {
  readonly distros = new Map<string, FakeDistro>();
  /** Every call in order: `import windlass`. */
  readonly calls: string[] = [];
  /** Called for each list; may change `distros`, as time does. */
  onList: () => void = () => {};
  readonly #options: FakeWslOptions;

  constructor(options: FakeWslOptions = {}) {
    this.#options = options;
  }

  list(): Promise<readonly ListedDistro[]> {
    return this.#call("list", "", () => {
      this.onList();
      return Promise.resolve([...this.distros].map(([name, { state, directory }], index) => ({
        name,
        state,
        version: 2,
        isDefault: index === 0,
        directory,
      })));
    });
  }

  running(): Promise<readonly string[]> {
    return this.#call("running", "", () => {
      this.onList();
      return Promise.resolve(
        [...this.distros].flatMap(([name, { state }]) => state === "running" ? [name] : []),
      );
    });
  }

  version(): Promise<WslVersion> {
    return this.#call("version", "", () => Promise.resolve({ wsl: "2.9.4.0", kernel: "6.18.35.2-1" }));
  }

  import({ name, directory, source }: ImportOptions): Promise<void> {
    return this.#call("import", name, async () => {
      const existing = this.distros.get(name);
      if (existing !== undefined) {
        await source.cancel();
        const code = existing.state === "busy" ? "WL_DISTRO_BUSY" : "WL_DISTRO_EXISTS";
        throw new WindlassError(code, `Cannot import the distro '${name}': it exists`);
      }
      const distro = (archive: string): FakeDistro => ({
        state: "stopped",
        directory,
        archive,
        files: new Set(this.#options.filesOf?.(archive) ?? archive.split("\n").filter((line) => line !== "")),
      });
      const archive = await new Response(source).text();
      try {
        this.#options.atPoint?.(`during import ${name}`);
      } catch (error) {
        if (this.#options.halfImport === "registered") {
          this.distros.set(name, distro(archive.slice(0, archive.length / 2)));
        }
        throw error;
      }
      this.distros.set(name, distro(archive));
    });
  }

  unregister(name: string): Promise<void> {
    return this.#call("unregister", name, () => {
      this.#require(name);
      this.distros.delete(name);
      return Promise.resolve();
    });
  }

  terminate(name: string): Promise<void> {
    return this.#call("terminate", name, () => {
      this.#require(name).state = "stopped";
      return Promise.resolve();
    });
  }

  shutdown(): Promise<void> {
    return this.#call("shutdown", "", () => {
      for (const distro of this.distros.values()) distro.state = "stopped";
      return Promise.resolve();
    });
  }

  run(options: RunOptions): Promise<RunResult> {
    return this.#call("run", options.distro, () => {
      const distro = this.#require(options.distro);
      distro.state = "running";
      const missing = { exitCode: 1, stdout: "", stderr: "<3>WSL (1 - Relay) ERROR: execvpe failed\n" };
      const result = this.#options.runProgram?.(distro, options);
      return Promise.resolve(result === undefined ? missing : { ...missing, exitCode: 0, ...result });
    });
  }

  spawn(): WslProcess {
    throw new TypeError("Cannot start a long-lived program: this WSL has none");
  }

  #require(name: string): FakeDistro {
    const distro = this.distros.get(name);
    if (distro !== undefined && distro.state !== "busy") return distro;
    const failure = "wsl ended with Wsl/Service/WSL_E_DISTRO_NOT_FOUND";
    throw new WindlassError("WL_DISTRO_NOT_FOUND", `Cannot use the distro '${name}': ${failure}`);
  }

  async #call<Result>(verb: string, name: string, effect: () => Promise<Result>): Promise<Result> {
    const call = name === "" ? verb : `${verb} ${name}`;
    this.calls.push(call);
    this.#options.atPoint?.(`before ${call}`);
    const result = await effect();
    this.#options.atPoint?.(`after ${call}`);
    return result;
  }
}
