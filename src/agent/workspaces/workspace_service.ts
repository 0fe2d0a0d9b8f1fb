import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { MuxSession } from "../../mux/mux_session.ts";
import { keepsEngine, reasonsOfRequests } from "../../relay/keeping_requests.ts";
import { PatientFiles } from "../../relay/paths/patient_files.ts";
import type { Upstream } from "../../relay/upstream.ts";
import { connectionDuplex } from "../../streams/connection_duplex.ts";
import { rootSocketsFolder, WORKSPACE_SOCKET_ALIAS } from "../protocol/distro_paths.ts";
import type { EngineUse } from "../protocol/rpc_messages.ts";
import { formatTarget } from "../protocol/stream_target.ts";
import type { ResolvedWorkspacePath, Workspace, WorkspacePathUse } from "../protocol/workspace_messages.ts";
import { connectDockerd } from "../streams/connect_dockerd.ts";
import { aborted } from "../../timing/sleep.ts";
import { DOCKER_FOLDER, findNeededRoots, findSourcesOf } from "./container_roots.ts";
import { markMounts, unmarkMounts } from "./mounts_marker.ts";
import { receiveRoot } from "./receive_root.ts";
import { readWorkspacesOnDisk } from "./restarted_containers.ts";
import { RootFolder } from "./root_folder.ts";
import { RootKeeper } from "./root_keeper.ts";
import { rootPaths } from "./root_paths.ts";
import { startProblem } from "./start_problem.ts";
import { workspaceOf } from "./workspace_mounts.ts";
import { makeSharedFolder, removeSharedFolder } from "./folder_of_distros.ts";
import { workspaceCertificates, type WorkspaceCertificatesOptions } from "./workspace_certificates.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";
import { WorkspaceSockets } from "./workspace_sockets.ts";

/** The part of the engine's use that is about workspaces. */
export type WorkspacesUse = Pick<
  EngineUse,
  "workspaceRequests" | "workspaceWatchers" | "workspaceQuiet" | "roots"
>;

/** What workspaces are served with. */
export interface WorkspaceServiceOptions extends WorkspaceCertificatesOptions {
  /** The folder that all distros see. */
  readonly shared: string;
  /** The link, once it is open. */
  readonly session: Promise<Pick<MuxSession, "open">>;
  /** Whether no dockerd runs, so that no container does. */
  readonly isResting: () => boolean;
  /** Clients of all workspaces together. */
  readonly maximumClients: number;
}

/** All that the agent does for workspaces: sockets for their clients, their files for containers. */
export class WorkspaceService {
  readonly #options: WorkspaceServiceOptions;
  readonly #folder = new RootFolder();
  readonly #roots: RootKeeper;
  readonly #sockets: WorkspaceSockets;
  readonly #files = new PatientFiles();
  #shared: Promise<void> | undefined;
  #workspaces: readonly Workspace[] = [];
  /** Lists are carried out one after the other. */
  #matching: Promise<void> = Promise.resolve();
  #openToDocker = 0;
  #isMarked = false;
  /** When a client's request was answered last that keeps the engine. */
  #usedAt: number | undefined;
  #isClosing = false;

  constructor(options: WorkspaceServiceOptions) {
    this.#options = options;
    const { shared, maximumClients, log } = options;
    this.#roots = new RootKeeper({
      receive: (name, signal) => this.#receive(name, signal),
      unmount: (name) => this.#folder.clearPoint(name),
      findNeeded: async (signal) => options.isResting() ? new Set() : await findNeededRoots(signal),
      log,
    });
    this.#sockets = new WorkspaceSockets({
      shared,
      alias: WORKSPACE_SOCKET_ALIAS,
      maximumClients,
      openUpstream: (signal) => this.#openUpstream(signal),
      translatePath: (workspace) => rootPaths(workspace, this.#pathOptions),
      changeContainer: workspaceCertificates(options),
      beforeStart: (container, signal) => this.#beforeStart(container, signal),
      requestEnded: (request) => {
        if (keepsEngine(request)) this.#usedAt = performance.now();
      },
      log,
    });
  }

  /** Connections to dockerd of workspaces' clients. */
  get openToDocker(): number {
    return this.#openToDocker;
  }

  /** What workspaces use the engine for. */
  use(): WorkspacesUse {
    const requests = this.#sockets.activeRequests();
    return {
      workspaceRequests: reasonsOfRequests(requests),
      workspaceWatchers: requests.filter((request) => !keepsEngine(request)).length,
      ...this.#usedAt === undefined ? {} : { workspaceQuiet: Math.round(performance.now() - this.#usedAt) },
      roots: this.#roots.needed,
    };
  }

  /**
   * Serves these workspaces, and no others.
   *
   * @throws {WindlassError} `WL_WORKSPACE_FAILED`.
   */
  async serve(workspaces: readonly Workspace[]): Promise<void> {
    const match = this.#matching.then(async () => {
      if (this.#isClosing) {
        throw new WindlassError("WL_WORKSPACE_FAILED", "Cannot serve workspaces: the agent is shutting down");
      }
      await this.#makeShared();
      this.#workspaces = workspaces;
      await this.#sockets.match(workspaces);
    });
    this.#matching = match.catch(() => {});
    await match;
  }

  /** Makes sure that a stop of dockerd hits no client; `stop` begins it in the same step. */
  async rest(stop: () => Promise<void>): Promise<void> {
    const [use] = reasonsOfRequests(this.#sockets.activeRequests());
    if (use !== undefined) {
      throw new WindlassError(
        "WL_ENGINE_FAILED",
        `Cannot let Docker rest: a workspace uses it (${use.what})`,
      );
    }
    this.#sockets.releaseIdleStreams();
    await stop();
    // A client that came meanwhile may be looking for its files.
    if (this.#options.isResting() && this.#sockets.activeRequests().length === 0) {
      await this.#roots.check(true);
    }
  }

  /** The engine's name for a path of a workspace. */
  async resolvePath(name: string, path: string, use: WorkspacePathUse): Promise<ResolvedWorkspacePath> {
    const workspace = this.#workspaces.find((candidate) => candidate.name === name);
    if (workspace === undefined) return { refused: `the distro '${name}' is not a workspace` };
    const limit = AbortSignal.timeout(2 * WORKSPACE_LIMITS.attachMilliseconds);
    const translated = await rootPaths(workspace, this.#pathOptions)(path, use, limit);
    return typeof translated === "object" ? translated : { path: translated ?? path };
  }

  /**
   * Has the files of workspaces at hand that a container mounts. Resolves to why it cannot start, or to nothing. Rejects
   * with the signal's reason, and while Docker does not answer.
   */
  async prepareStart(container: string, signal: AbortSignal): Promise<string | undefined> {
    await this.#options.whenRunning(signal);
    const limit = AbortSignal.timeout(WORKSPACE_LIMITS.describeMilliseconds);
    const sources = await findSourcesOf(container, AbortSignal.any([limit, signal]));
    const names = new Set(sources.map(workspaceOf).filter((name) => name !== undefined));
    // Its files may be at hand since before the mark was taken away.
    if (names.size > 0) await this.#mark();
    const { shared } = this.#options;
    return await this.#attachAll(names, signal) ??
      await startProblem(container, sources, { shared, files: this.#files, signal });
  }

  /** Has the files at hand of the containers that dockerd is about to start by itself. Takes no longer than its limit. */
  async prepareRestarts(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const { restarted, all } = await readWorkspacesOnDisk(DOCKER_FOLDER);
    this.#isMarked = all.size > 0;
    if (!this.#isMarked) return await unmarkMounts();
    if (restarted.size === 0) return;
    const workspaces = [...restarted].join(", ");
    log("info", "agent.roots.restarts", { workspaces });
    const limit = AbortSignal.timeout(WORKSPACE_LIMITS.restartsMilliseconds);
    try {
      const failure = await this.#attachAll(restarted, AbortSignal.any([signal, limit]));
      if (failure !== undefined) log("warn", "agent.roots.restarts_failed", { reason: failure });
    } catch (error) {
      signal.throwIfAborted();
      const late = `some were not there within ${WORKSPACE_LIMITS.restartsMilliseconds / 1000} s`;
      const reason = limit.aborted ? late : errorText(error);
      log("warn", "agent.roots.restarts_failed", { workspaces, reason });
    }
  }

  /** Takes away what a predecessor has left that was killed. Never rejects. */
  async clean(): Promise<void> {
    const { shared, log } = this.#options;
    for (const remove of [() => removeSharedFolder(shared), () => this.#folder.remove()]) {
      await remove().catch((error) =>
        log("warn", "agent.workspaces.leftovers", { reason: errorText(error) })
      );
    }
  }

  /** Lets no client in any more, and closes the connections of all. */
  async closeSockets(): Promise<void> {
    this.#isClosing = true;
    await this.#matching;
    await this.#sockets.close();
  }

  /** Leaves nothing behind. To be called when no container runs any more. Never rejects. */
  async close(): Promise<void> {
    await this.closeSockets();
    await this.#roots.close();
    await this.clean();
  }

  /** A start of a container by a client in a workspace. */
  async #beforeStart(container: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.prepareStart(container, signal);
    } catch (error) {
      signal.throwIfAborted();
      // dockerd, which starts nothing without its files, says what is wrong.
      this.#options.log("debug", "agent.workspace.start_unknown", { container, reason: errorText(error) });
      return undefined;
    }
  }

  get #pathOptions() {
    return { shared: this.#options.shared, roots: this.#roots, files: this.#files };
  }

  /** All at once; resolves to what the first failure says. Rejects with the signal's reason. */
  async #attachAll(names: Iterable<string>, signal: AbortSignal): Promise<string | undefined> {
    const results = await Promise.allSettled([...names].map((name) => this.#roots.attach(name, signal)));
    signal.throwIfAborted();
    const failed = results.find((result) => result.status === "rejected");
    return failed === undefined ? undefined : errorText(failed.reason);
  }

  async #receive(name: string, signal: AbortSignal) {
    const { shared, session } = this.#options;
    await this.#makeShared();
    await this.#mark();
    const at = await this.#folder.addPoint(name);
    await this.#folder.clearPoint(name); // one that could not be detached
    const target = formatTarget({ kind: "root", workspace: name });
    const link = await Promise.race([session, aborted(signal).then(() => Promise.reject(signal.reason))]);
    try {
      const sockets = rootSocketsFolder(shared);
      return await receiveRoot({ at, sockets, askHost: () => link.open(target), signal });
    } catch (error) {
      // It may have been mounted before that.
      await this.#folder.clearPoint(name).catch((failure) =>
        this.#options.log("warn", "agent.root.not_detached", { workspace: name, reason: errorText(failure) })
      );
      throw error;
    }
  }

  async #makeShared(): Promise<void> {
    this.#shared ??= makeSharedFolder(this.#options.shared);
    await this.#shared.catch((error) => {
      this.#shared = undefined; // to be tried again
      throw new WindlassError(
        "WL_WORKSPACE_FAILED",
        `Cannot make the folder '${this.#options.shared}', which all distros share: ${errorText(error)}`,
        { cause: error },
      );
    });
  }

  /** From now on every start of dockerd checks which files it needs. */
  async #mark(): Promise<void> {
    if (this.#isMarked) return;
    try {
      await markMounts();
      this.#isMarked = true;
    } catch (error) {
      // On a full disk, this start is the one that matters.
      this.#options.log("warn", "agent.roots.not_marked", { reason: errorText(error) });
    }
  }

  async #openUpstream(signal: AbortSignal): Promise<Upstream> {
    const { whenRunning } = this.#options;
    const stream = connectionDuplex(await connectDockerd({ whenRunning, wanted: signal }));
    this.#openToDocker++;
    let isOpen = true;
    const close = () => {
      if (isOpen) this.#openToDocker--;
      isOpen = false;
      stream.close();
    };
    return {
      read: () => stream.read(),
      write: (bytes) => stream.write(bytes),
      closeWrite: () => stream.closeWrite(),
      close,
      [Symbol.dispose]: close,
    };
  }
}
