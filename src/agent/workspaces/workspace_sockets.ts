import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { listenUnixSocket } from "../../platform/linux/unix_socket.ts";
import type { BeforeStart } from "../../relay/http/held_start.ts";
import type { ActiveRequest } from "../../relay/http/pending_request.ts";
import { type Relay, startRelay } from "../../relay/relay.ts";
import type { ChangeContainer } from "../../relay/paths/request_rewriter.ts";
import type { TranslatePath } from "../../relay/paths/translate_path.ts";
import type { OpenUpstream } from "../../relay/upstream.ts";
import { workspaceSocket } from "../protocol/distro_paths.ts";
import type { Workspace } from "../protocol/workspace_messages.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** What the clients of workspaces are served with. */
export interface WorkspaceSocketsOptions {
  /** The folder that all distros see; it exists whenever `match()` is called. */
  readonly shared: string;
  /** A path of the agent's own, free for a link: all distros have one network, and the name of a socket's folder is a secret. */
  readonly alias: string;
  readonly openUpstream: OpenUpstream;
  /** How the paths of a workspace's clients are translated. */
  readonly translatePath: (workspace: Workspace) => TranslatePath;
  /** See {@linkcode ChangeContainer}. */
  readonly changeContainer: ChangeContainer;
  /** See {@linkcode BeforeStart}. */
  readonly beforeStart: BeforeStart;
  /** Called for each request whose answer is complete, or whose connection ended before. */
  readonly requestEnded: (request: ActiveRequest) => void;
  /** Clients that may be connected at a time, of all workspaces together. */
  readonly maximumClients: number;
  readonly log: Log;
}

interface OpenSocket {
  readonly workspace: Workspace;
  readonly relay: Relay;
}

/** Others may enter a folder whose name they know, and list none. */
const ENTERED = 0o711;

/** One socket with a relay for each workspace. */
export class WorkspaceSockets {
  readonly #options: WorkspaceSocketsOptions;
  readonly #open = new Map<string, OpenSocket>();
  #lastId = 0;

  constructor(options: WorkspaceSocketsOptions) {
    this.#options = options;
  }

  /** Requests of all clients that are not completely answered. */
  activeRequests(): ActiveRequest[] {
    return [...this.#open.values()].flatMap(({ relay }) => relay.activeRequests());
  }

  /** Closes the connections to dockerd of idle clients, who stay connected. */
  releaseIdleStreams(): void {
    for (const { relay } of this.#open.values()) relay.releaseIdleStreams();
  }

  /**
   * Opens the sockets of these workspaces, and closes those of others. One that stays as it is keeps its clients. To be
   * called by one at a time.
   *
   * @throws {WindlassError} `WL_WORKSPACE_FAILED` if some could not be opened; all others are open then.
   */
  async match(workspaces: readonly Workspace[]): Promise<void> {
    const wanted = new Map(workspaces.map((workspace) => [keyOf(workspace), workspace]));
    const superfluous = [...this.#open].filter(([key]) => !wanted.has(key));
    await Promise.all(superfluous.map(([key]) => this.#close(key)));
    const failures: string[] = [];
    for (const [key, workspace] of wanted) {
      if (this.#open.has(key)) continue;
      try {
        if (this.#open.size >= WORKSPACE_LIMITS.workspaces) {
          throw new Deno.errors.Busy(`${this.#open.size} workspaces are served already`);
        }
        this.#open.set(key, await this.#serve(workspace));
      } catch (error) {
        failures.push(`'${workspace.name}': ${errorText(error)}`);
      }
    }
    if (failures.length === 0) return;
    throw new WindlassError("WL_WORKSPACE_FAILED", `Cannot serve the workspace ${failures.join("; ")}`);
  }

  /** Closes all of them, with their clients. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((key) => this.#close(key)));
  }

  async #serve(workspace: Workspace): Promise<OpenSocket> {
    const { shared, alias, openUpstream, translatePath, changeContainer } = this.#options;
    const { beforeStart, requestEnded, log } = this.#options;
    const path = workspaceSocket(shared, workspace.token);
    const folder = path.slice(0, path.lastIndexOf("/"));
    await Deno.mkdir(folder, { recursive: true });
    await Deno.chmod(folder, ENTERED);
    const { uid, gid, mode, name } = workspace;
    const listener = await listenUnixSocket(path, { mode, owner: { uid, gid }, alias });
    const share = () => Math.max(1, Math.floor(this.#options.maximumClients / this.#open.size));
    const relay = startRelay({
      listener,
      openUpstream,
      translatePath: translatePath(workspace),
      changeContainer,
      beforeStart,
      requestEnded,
      // Asked for each client: no workspace takes the room of another.
      get maximumClients() {
        return share();
      },
      nextId: () => ++this.#lastId,
      log,
    });
    log("info", "agent.workspace.opened", { workspace: name });
    return { workspace, relay };
  }

  async #close(key: string): Promise<void> {
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    const { workspace, relay } = open;
    await relay.close();
    const path = workspaceSocket(this.#options.shared, workspace.token);
    // Only its socket was in there, which is gone.
    await Deno.remove(path.slice(0, path.lastIndexOf("/")), { recursive: true }).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return;
      const reason = errorText(error);
      this.#options.log("warn", "agent.workspace.folder_remains", { workspace: workspace.name, reason });
    });
    this.#options.log("info", "agent.workspace.closed", { workspace: workspace.name });
  }
}

/** All that a socket and its relay are made from. */
function keyOf({ name, token, uid, gid, mode, automountRoot }: Workspace): string {
  return JSON.stringify([name, token, uid, gid, mode, automountRoot]);
}
