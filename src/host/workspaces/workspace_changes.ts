import type { WorkspaceStep } from "../../api/resources/workspaces.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { Probe, Step } from "../../workspaces/tool_output.ts";
import { foreignOwner } from "../../workspaces/workspace_problems.ts";
import type { WorkspaceEntry } from "../../workspaces/workspace_record.ts";
import type { LocatedDistro, WorkspaceTool } from "../../workspaces/workspace_tool.ts";
import { VERSION } from "../../version.ts";
import type { DistroNow } from "./distros_now.ts";
import { newToken, type WorkspaceBook } from "./workspace_book.ts";

/** Read and write for owner and group; for the owner alone where the distro has no group of that name. */
const GROUP_MODE = 0o660;
const OWNER_MODE = 0o600;

/** What distros are changed with. An engine must run, for its shared folder. */
export interface WorkspaceChangesOptions {
  readonly tool: WorkspaceTool;
  readonly book: WorkspaceBook;
  /** Name of the shared folder of this instance. */
  readonly folder: string;
  /** Has the agent serve what the book says. Resolves when that is on its way. */
  readonly serve: () => Promise<void>;
  readonly log: Log;
}

/** A distro as it was found, and the token of its socket. */
export interface CheckedDistro {
  readonly place: LocatedDistro;
  readonly probe: Probe;
}

/** Places the files of workspaces and removes them. One call at a time for each distro, see `inTurn`. */
export class WorkspaceChanges {
  readonly #options: WorkspaceChangesOptions;

  constructor(options: WorkspaceChangesOptions) {
    this.#options = options;
  }

  /** What is in a distro now; starts it. */
  async check(name: string, signal: AbortSignal): Promise<CheckedDistro> {
    const { tool, book } = this.#options;
    const entry = (await book.record).get(name);
    const place = await tool.locate(name, entry?.automountRoot, signal);
    return { place, probe: await tool.probe(place, entry?.token ?? newToken(), signal) };
  }

  /** @throws {WindlassError} `WL_WORKSPACE_FOREIGN` where another instance has its files in the distro. */
  requireOurs(name: string, probe: Probe): void {
    const owner = foreignOwner({ probe, folder: this.#options.folder });
    if (owner === undefined) return;
    throw foreign(name, owner);
  }

  /** Places everything, and has the agent open the socket. What is in place already stays. */
  async place(
    { name, directory }: Pick<DistroNow, "name" | "directory">,
    { place, probe }: CheckedDistro,
    signal: AbortSignal,
  ): Promise<readonly WorkspaceStep[]> {
    const { tool, book, serve, log } = this.#options;
    this.requireOurs(name, probe);
    const record = await book.record;
    const known = record.get(name);
    const entry: WorkspaceEntry = {
      directory,
      token: known?.token ?? newToken(),
      uid: place.uid,
      ...socketGroup(probe),
      automountRoot: place.automountRoot,
      state: "placing",
      since: new Date().toISOString(),
      version: VERSION,
      manifest: known?.manifest ?? [],
    };
    await record.set(name, entry);
    book.setReplaced(name, false);
    await serve();
    const { steps, manifest } = await tool.enable(place, entry.token, signal);
    await record.set(name, { ...entry, state: "placed", manifest: [...manifest] });
    log("info", "workspaces.enabled", { name, files: manifest.length });
    return steps.filter(({ step }) => step !== "manifest").map(stepOf);
  }

  /** Removes what was placed and is unchanged, and has the agent close the socket. */
  async remove(name: string, signal: AbortSignal): Promise<readonly WorkspaceStep[]> {
    const { tool, book, log } = this.#options;
    const record = await book.record;
    const entry = record.get(name);
    const { place, probe } = await this.check(name, signal);
    if (foreignOwner({ probe, folder: this.#options.folder }) !== undefined) {
      await record.set(name, null);
      return [];
    }
    const { removed, kept } = await tool.disable(place, signal);
    if (entry !== undefined) await record.set(name, null);
    log("info", "workspaces.disabled", { name, removed: removed.length, kept: kept.length });
    return [
      ...removed.map((path) => ({ path, outcome: "removed" as const })),
      ...kept.map(({ path, why }) => ({ path, outcome: "skipped" as const, why })),
    ];
  }

  /** What is done once after each start of a workspace: `/run` is new. */
  async started(distro: DistroNow, signal: AbortSignal): Promise<void> {
    const { tool, book, serve, log } = this.#options;
    const { name } = distro;
    const checked = await this.check(name, signal);
    const record = await book.record;
    const entry = record.get(name);
    // `removing`: it was disabled, which was not possible then, and enabled again by the setting.
    if (entry?.state !== "placed") {
      await this.place(distro, checked, signal);
      return;
    }
    const { place, probe } = checked;
    const isReplaced = !probe.manifest || foreignOwner({ probe, folder: this.#options.folder }) !== undefined;
    book.setReplaced(name, isReplaced);
    if (isReplaced) {
      log("warn", "workspaces.replaced", { name });
      return await serve();
    }
    // Its wsl.conf, its users and its groups may have changed with the restart.
    const { uid, automountRoot } = place;
    const now = { ...entry, uid, automountRoot, ...socketGroup(probe), directory: distro.directory };
    if (JSON.stringify(now) !== JSON.stringify(entry)) await record.set(name, now);
    await serve();
    const isOutdated = entry.version !== VERSION || automountRoot !== entry.automountRoot;
    if (isOutdated) await this.place(distro, checked, signal);
    else if (probe.socket !== "ours") await tool.link(place, entry.token, signal);
  }
}

/** The group that may use the socket: the distro's group `docker`, where it has one. Pure. */
function socketGroup({ dockerGroup }: Pick<Probe, "dockerGroup">): Pick<WorkspaceEntry, "gid" | "mode"> {
  return dockerGroup === null ? { gid: 0, mode: OWNER_MODE } : { gid: dockerGroup, mode: GROUP_MODE };
}

function stepOf({ path, outcome, why }: Step): WorkspaceStep {
  return { path, outcome, ...why === undefined ? {} : { why } };
}

function foreign(name: string, owner: string): WindlassError {
  return new WindlassError(
    "WL_WORKSPACE_FOREIGN",
    `Cannot enable the workspace '${name}': it belongs to the instance '${owner}'`,
  );
}
