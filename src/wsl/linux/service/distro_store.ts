import { basename, dirname, join } from "node:path";
import { removeTree } from "../../../files/remove_tree.ts";
import { isWindlassError } from "../../../errors/windlass_error.ts";
import {
  DISTRO_STATE,
  findByName,
  type FoundDistro,
  listedDistros,
  type Registry,
  requireRegistrable,
  resolveDistro,
  withDefault,
  withInstalling,
  without,
  withState,
} from "../registry.ts";
import { readRegistry, writeRegistry } from "../registry_file.ts";
import { wslFailure } from "../wsl_failure.ts";
import { rootfsOf } from "./distro_instance.ts";

/** What `--import` asks for. */
export interface ImportRequest {
  readonly name: string;
  /** Absolute path. */
  readonly directory: string;
  readonly version: 1 | 2;
}

/** The registered distros and their files. Every change is on disk before it takes effect. */
export class DistroStore {
  #registry: Registry;
  readonly #path: string;
  /** Changes one after another. */
  #changes: Promise<unknown> = Promise.resolve();

  private constructor(path: string, registry: Registry) {
    this.#path = path;
    this.#registry = registry;
  }

  /** Reads the registry and takes back what a killed service had begun. */
  static async open(path: string): Promise<DistroStore> {
    const store = new DistroStore(path, await readRegistry(path));
    for (const distro of listedDistros(store.#registry)) {
      if (distro.entry.State !== DISTRO_STATE.installed) await store.#removeAll(distro);
    }
    return store;
  }

  get registry(): Registry {
    return this.#registry;
  }

  /**
   * Registers a distro as being imported and makes its folder.
   *
   * @throws {WslFailure} when name or folder cannot be used; nothing has changed then.
   */
  async beginImport(request: ImportRequest): Promise<FoundDistro> {
    const { name, directory, version } = request;
    const parent = await Deno.realPath(dirname(directory)).catch(() => null);
    if (parent === null) throw wslFailure([], "ERROR_PATH_NOT_FOUND");
    const basePath = join(parent, basename(directory));
    const there = await Deno.stat(basePath).catch(() => null);
    const guid = `{${crypto.randomUUID()}}`;
    await this.#change((registry) => {
      requireRegistrable(registry, name, basePath);
      return withInstalling(registry, { guid, name, basePath, version, createdBasePath: there === null });
    }, async () => {
      const stale = there !== null && (!there.isDirectory || await exists(rootfsOf(basePath)));
      if (stale) throw wslFailure(["Service", "RegisterDistro"], "ERROR_FILE_EXISTS");
    });
    const distro = findByName(this.#registry, name) as FoundDistro;
    try {
      if (there === null) await Deno.mkdir(basePath, { mode: 0o755 });
      await Deno.mkdir(rootfsOf(basePath), { mode: 0o755 });
      return distro;
    } catch {
      await this.#removeAll(distro);
      throw wslFailure(["Service", "RegisterDistro"], "ERROR_WRITE_FAULT");
    }
  }

  /**
   * Ends an import: the distro exists from now on.
   *
   * @throws {WslFailure} `WSL_E_NOT_A_LINUX_DISTRO`; the import is taken back.
   */
  async finishImport(distro: FoundDistro): Promise<void> {
    const rootfs = rootfsOf(distro.entry.BasePath);
    if (!(await exists(join(rootfs, "etc"))) && !(await exists(join(rootfs, "bin/sh")))) {
      await this.abortImport(distro);
      throw wslFailure(["Service", "RegisterDistro"], "WSL_E_NOT_A_LINUX_DISTRO");
    }
    await this.#change((registry) => withState(registry, distro.guid, DISTRO_STATE.installed));
  }

  /** Takes an import back: entry, files and, if the import made it, the folder. */
  async abortImport(distro: FoundDistro): Promise<void> {
    await this.#removeAll(distro);
  }

  /**
   * Removes a distro that does not run.
   *
   * @throws {WslFailure} `ERROR_SHARING_VIOLATION` if something is mounted among its files; it then stays.
   */
  async unregister(distro: FoundDistro): Promise<void> {
    await this.#change((registry) => withState(registry, distro.guid, DISTRO_STATE.uninstalling));
    try {
      await this.#removeAll(distro);
    } catch (error) {
      if (!isWindlassError(error, "WL_FOLDER_IN_USE")) throw error;
      await this.#change((registry) => withState(registry, distro.guid, DISTRO_STATE.installed));
      throw wslFailure(["Service"], "ERROR_SHARING_VIOLATION");
    }
  }

  /** Makes an installed distro the default. */
  async setDefault(name: string): Promise<void> {
    await this.#change((registry) =>
      withDefault(registry, resolveDistro(registry, { by: "name", name }).guid)
    );
  }

  async #removeAll({ guid, entry }: FoundDistro): Promise<void> {
    const rootfs = rootfsOf(entry.BasePath);
    for (let attempt = 1;; attempt++) {
      try {
        await removeTree(rootfs);
        break;
      } catch (error) {
        // The unpacking program of a killed import may live a moment longer than the import.
        if (attempt === REMOVE_ATTEMPTS || isWindlassError(error, "WL_FOLDER_IN_USE")) throw error;
        await new Promise((resolve) => setTimeout(resolve, REMOVE_PAUSE_MILLISECONDS));
      }
    }
    const mayRemoveFolder = entry.State !== DISTRO_STATE.installing || entry.CreatedBasePath === true;
    // Not when it holds anything else: that is not ours.
    if (mayRemoveFolder) await Deno.remove(entry.BasePath).catch(() => {});
    await this.#change((registry) => without(registry, guid));
  }

  /** One change after another; `check` may refuse one before it is on disk. */
  #change(change: (registry: Registry) => Registry, check: () => Promise<void> = () => Promise.resolve()) {
    const result = this.#changes.then(async () => {
      const next = change(this.#registry);
      await check();
      await writeRegistry(this.#path, next);
      this.#registry = next;
    });
    this.#changes = result.catch(() => {});
    return result;
  }
}

const REMOVE_ATTEMPTS = 50;
const REMOVE_PAUSE_MILLISECONDS = 100;

function exists(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}
