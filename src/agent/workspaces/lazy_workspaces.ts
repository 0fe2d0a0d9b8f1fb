import { unlessMissingSync } from "../../errors/unless_missing.ts";
import { sleep } from "../../timing/sleep.ts";
import { sharedFolder, WORKSPACES_FOLDER } from "../protocol/distro_paths.ts";
import type { WorkspaceActions } from "../streams/rpc_service.ts";
import { mayNeedRoots } from "./mounts_marker.ts";
import { reserveRootFolder } from "./reserve_root_folder.ts";
import type { WorkspaceService, WorkspaceServiceOptions, WorkspacesUse } from "./workspace_service.ts";

/** What workspaces are served with, and when. */
export interface LazyWorkspacesOptions extends Omit<WorkspaceServiceOptions, "shared"> {
  /** Resolves when no predecessor runs any more. */
  readonly cleared: Promise<void>;
  /** Stops dockerd until a client comes. */
  readonly rest: () => Promise<void>;
}

/** Mounts and files are removed within milliseconds, unless something hangs; dockerd and the network have to wait. */
const CLEAN_MILLISECONDS = 10_000;

/**
 * Loads what serves workspaces when there is anything to do for them: an engine without workspaces, as most are, starts
 * as if there were none.
 */
export class LazyWorkspaces implements WorkspaceActions {
  readonly #options: LazyWorkspacesOptions;
  readonly #shared = sharedFolder(Deno.env.get("WSL_DISTRO_NAME"));
  #loading: Promise<WorkspaceService> | undefined;
  #service: WorkspaceService | undefined;

  constructor(options: LazyWorkspacesOptions) {
    this.#options = options;
  }

  /** Connections to dockerd of workspaces' clients. */
  get openToDocker(): number {
    return this.#service?.openToDocker ?? 0;
  }

  /** What workspaces use the engine for. */
  use(): WorkspacesUse {
    return this.#service?.use() ?? { workspaceRequests: [], workspaceWatchers: 0, roots: [] };
  }

  /** Before each start of dockerd: nothing is left of a predecessor, and the containers that it starts have their files. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (this.#loading === undefined && this.#hasLeftovers()) await this.#load();
    reserveRootFolder();
    if (await mayNeedRoots()) await (await this.#load()).prepareRestarts(signal);
  }

  async serve(workspaces: Parameters<WorkspaceActions["serve"]>[0]): Promise<void> {
    await (await this.#load()).serve(workspaces);
  }

  async rest(): Promise<void> {
    const { rest } = this.#options;
    await (this.#service?.rest(rest) ?? rest());
  }

  async resolvePath(...args: Parameters<WorkspaceActions["resolvePath"]>) {
    return await (await this.#load()).resolvePath(...args);
  }

  async prepareStart(container: string, signal: AbortSignal): Promise<string | undefined> {
    return await (await this.#load()).prepareStart(container, signal);
  }

  /** Lets no client in any more. Never rejects. */
  async closeSockets(): Promise<void> {
    await this.#loading?.then((service) => service.closeSockets(), () => {});
  }

  /** Leaves nothing behind; takes no longer than its limit. Never rejects. */
  async close(): Promise<void> {
    if (this.#loading === undefined) return;
    await withinLimit(this.#loading.then((service) => service.close(), () => {}));
  }

  /** What a predecessor that was killed has left. */
  #hasLeftovers(): boolean {
    const isFolder = (path: string) => unlessMissingSync(() => Deno.lstatSync(path))?.isDirectory === true;
    return isFolder(WORKSPACES_FOLDER) || isFolder(this.#shared);
  }

  #load(): Promise<WorkspaceService> {
    return this.#loading ??= this.#start();
  }

  async #start(): Promise<WorkspaceService> {
    const [{ WorkspaceService }] = await Promise.all([
      import("./workspace_service.ts"),
      this.#options.cleared,
    ]);
    const service = new WorkspaceService({ ...this.#options, shared: this.#shared });
    if (this.#hasLeftovers()) await withinLimit(service.clean());
    return this.#service = service;
  }
}

async function withinLimit(work: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, sleep(CLEAN_MILLISECONDS, over.signal)]);
  over.abort();
}
