import type { Workspace, WorkspaceChange, WorkspaceList } from "../api/resources/workspaces.ts";
import type { CallOptions } from "./call_options.ts";
import type { Transport } from "./transport.ts";

/**
 * The calls for the user's own distros, as `client.workspaces`. A name is that of a distro, in any case, or `default`
 * for the default distro of WSL.
 *
 * @example
 * ```ts
 * import { WindlassClient } from "@windlass/windlass";
 *
 * using client = await WindlassClient.connect();
 * const { workspace } = await client.workspaces.enable("Ubuntu");
 * workspace.problems.map(({ message, remedy }) => `${message}: ${remedy}`);
 * ```
 */
export class WorkspaceCalls {
  readonly #transport: Transport;

  /** @param transport Sends the requests to the host. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Every distro: whether it is enabled, why it cannot be, and what is found now in each one that runs. Starts no
   * distro.
   *
   * @throws {WindlassError} `WL_HOST_NOT_RUNNING`; codes that begin with `WL_WSL_`
   */
  async list({ signal }: CallOptions = {}): Promise<WorkspaceList> {
    return await this.#transport.ask({ method: "GET", path: "/v1/workspaces", signal });
  }

  /**
   * What is found in a distro now; starts it if needed.
   *
   * @throws {WindlassError} `WL_WORKSPACE_UNKNOWN`, `WL_HOST_NOT_RUNNING`
   */
  async check(name: string, { signal }: CallOptions = {}): Promise<Workspace> {
    return await this.#transport.ask({ method: "GET", path: pathOf(name), signal });
  }

  /**
   * Makes Docker work inside a distro, and adds it to the setting `workspaces`. Repairs a distro that is enabled
   * already. Starts the distro and the engine if needed.
   *
   * @throws {WindlassError} `WL_WORKSPACE_UNKNOWN`, `WL_WORKSPACE_INELIGIBLE`, `WL_SETTING_LOCKED`,
   * `WL_HOST_NOT_RUNNING`, and other codes that begin with `WL_WORKSPACE_`
   */
  async enable(name: string, { signal }: CallOptions = {}): Promise<WorkspaceChange> {
    return await this.#transport.ask({ method: "POST", path: `${pathOf(name)}/enable`, signal });
  }

  /**
   * Removes from a distro what `enable` has placed, but for files that were changed since, and takes it out of the
   * setting `workspaces`. Also for a distro that is gone.
   *
   * @throws {WindlassError} `WL_SETTING_LOCKED`, `WL_HOST_NOT_RUNNING`, and codes that begin with `WL_WORKSPACE_`
   */
  async disable(name: string, { signal }: CallOptions = {}): Promise<WorkspaceChange> {
    return await this.#transport.ask({ method: "POST", path: `${pathOf(name)}/disable`, signal });
  }
}

function pathOf(name: string): string {
  return `/v1/workspaces/${encodeURIComponent(name)}`;
}
