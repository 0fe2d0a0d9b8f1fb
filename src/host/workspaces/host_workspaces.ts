import type {
  Workspace,
  WorkspaceChange,
  WorkspaceList,
  WorkspaceSummary,
} from "../../api/resources/workspaces.ts";
import type { WorkspaceService } from "../../api/workspace_service.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { EngineStream } from "../../ports/engine_stream.ts";
import { DEFAULT_DISTRO, isSameDistro } from "../../settings/workspace_names.ts";
import { ineligibility } from "../../workspaces/eligible_distros.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";
import { WorkspaceTool, type WorkspaceToolOptions } from "../../workspaces/workspace_tool.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import type { EngineLife } from "../engine/engine_life.ts";
import type { EngineWorkspaces } from "../engine/engine_workspaces.ts";
import { describeMissing } from "./describe_workspace.ts";
import type { DistroNow } from "./distros_now.ts";
import { EngineShare, type WorkspaceEngine } from "./engine_share.ts";
import { RootStreams } from "./root_streams.ts";
import { WorkspaceBook } from "./workspace_book.ts";
import { WorkspaceChanges } from "./workspace_changes.ts";
import { unknownDistro, WorkspaceSurvey } from "./workspace_survey.ts";
import { WorkspaceWatch } from "./workspace_watch.ts";

/** The running engine, as workspaces use it. */
export interface HostEngine extends WorkspaceEngine {
  readonly isResting: boolean;
  /** Whether it can start without an import: a distro that starts must not cause one. */
  isImported(): Promise<boolean>;
  /** Stops it if it rests and no request is under way. */
  stopResting(): void;
}

/** The setting `workspaces`. */
export interface WorkspaceSetting {
  readonly names: readonly string[];
  /** Whether a policy of this machine prevents changes. */
  readonly isLocked: boolean;
  /** @throws {WindlassError} `WL_SETTING_LOCKED`, and whatever prevents a change. */
  change(names: readonly string[], signal: AbortSignal): Promise<void>;
}

/** Options of the workspaces of a host. */
export interface HostWorkspacesOptions extends Pick<WorkspaceToolOptions, "folder" | "executable" | "home"> {
  readonly wsl: Wsl;
  /** Path of the record. */
  readonly recordFile: string;
  readonly setting: WorkspaceSetting;
  readonly log: Log;
  /** Called after every change of what is reported here. */
  readonly onChange: () => void;
}

/**
 * The user's own distros of a running host. It does nothing before `begin()`, so that no start waits for it; each step
 * with a distro has its own limit, and its failure concerns that distro alone.
 */
export class HostWorkspaces implements WorkspaceService, EngineWorkspaces, AsyncDisposable {
  readonly #options: HostWorkspacesOptions;
  readonly #book: WorkspaceBook;
  readonly #tool: WorkspaceTool;
  readonly #changes: WorkspaceChanges;
  readonly #share: EngineShare;
  readonly #roots: RootStreams;
  readonly #watch: WorkspaceWatch;
  readonly #survey: WorkspaceSurvey;
  #engine: HostEngine | undefined;

  constructor(options: HostWorkspacesOptions) {
    const { wsl, setting, log, onChange, folder } = options;
    this.#options = options;
    this.#book = new WorkspaceBook({ file: options.recordFile, setting: () => setting.names, log });
    this.#tool = new WorkspaceTool(options);
    this.#share = new EngineShare(log);
    const serve = () => this.#serve();
    this.#changes = new WorkspaceChanges({ tool: this.#tool, book: this.#book, folder, serve, log });
    this.#roots = new RootStreams({ tool: this.#tool, placeOf: (name) => this.#placeOf(name), log });
    this.#watch = new WorkspaceWatch({
      wsl,
      book: this.#book,
      setting: () => setting.names,
      engineRests: () => this.#engine?.isResting === true,
      begun: () => this.#begun(),
      started: (distro, signal) => this.#withFolder((limit) => this.#renew(distro, limit), signal),
      left: ({ name }, signal) => this.#withFolder((limit) => this.#clear(name, limit), signal),
      ended: () => this.#ended(),
      onChange,
      log,
    });
    this.#survey = new WorkspaceSurvey({
      wsl,
      book: this.#book,
      changes: this.#changes,
      setting: () => setting.names,
      failureOf: (name) => this.#watch.failureOf(name),
      folder,
    });
  }

  /** Begins to follow the setting and the distros. Once, as the last part of a host's start. */
  begin(engine: HostEngine): void {
    this.#engine = engine;
    this.#watch.begin();
  }

  /** The setting has changed. */
  settingChanged(): void {
    void this.#serve();
    this.#watch.checkSoon();
  }

  /** Those that the setting names, as of the last check. */
  get summaries(): readonly WorkspaceSummary[] {
    return this.#watch.summaries;
  }

  get hasAny(): boolean {
    return this.#book.servedNames.length > 0;
  }

  servedName(name: string): string | undefined {
    return this.#book.servedNames.find((served) => isSameDistro(served, name));
  }

  get isAnyRunning(): boolean {
    return this.#watch.isAnyRunning || this.#roots.count > 0;
  }

  async checkAnyRunning(): Promise<boolean> {
    await this.#watch.check();
    return this.isAnyRunning;
  }

  lifeBegins(life: Pick<EngineLife, "serveWorkspaces">): void {
    // The record may not have been read yet, and the engine does not wait for it.
    void this.#serve().then(() => this.#share.lifeBegins(life)).then(() => this.#watch.engineBegins());
  }

  engineChanged(): void {
    this.#share.engineChanged();
  }

  serveRoot(stream: EngineStream, workspace: string): void {
    this.#roots.accept(stream, workspace);
  }

  async list(signal: AbortSignal): Promise<WorkspaceList> {
    const engine = this.#requireEngine();
    // A list starts no engine, nor does it wait long for one that is starting.
    const limit = AbortSignal.any([signal, AbortSignal.timeout(WORKSPACE_LIMITS.listingMilliseconds)]);
    if (engine.life !== undefined) await this.#share.ready(engine, limit).catch(() => {});
    return await this.#survey.list(this.#share.isReady(engine.life), signal);
  }

  async check(name: string, signal: AbortSignal): Promise<Workspace> {
    const distro = await this.#survey.find(name, signal);
    if (typeof distro === "string") return describeMissing(distro, true);
    return await this.#book.during(async () => {
      if (ineligibility(distro) === undefined) await this.#share.ready(this.#requireEngine(), signal);
      return await this.#describe({ ...distro, state: "running" }, this.#book.isNamed(distro.name), signal);
    }).finally(() => this.#watch.checkSoon()); // which stops an engine that was started for this alone
  }

  async enable(name: string, signal: AbortSignal): Promise<WorkspaceChange> {
    const distro = await this.#survey.find(name, signal);
    if (typeof distro === "string") throw unknownDistro(distro);
    const refusal = ineligibility(distro);
    if (refusal !== undefined) throw refusal;
    const { setting } = this.#options;
    const steps = await this.#book.inTurn(distro.name, async () => {
      await this.#share.ready(this.#requireEngine(), signal);
      const checked = await this.#changes.check(distro.name, signal);
      this.#changes.requireOurs(distro.name, checked.probe);
      const added = name === DEFAULT_DISTRO ? DEFAULT_DISTRO : distro.name;
      const isNamed = setting.names.some((one) => isSameDistro(one, added));
      const add = () => setting.change([...setting.names, added], signal);
      if (!isNamed && setting.isLocked) await add(); // says who has locked it
      const done = await this.#changes.place(distro, checked, signal);
      if (!isNamed) await add();
      await this.#serve();
      this.#watch.settled(distro.name, "started");
      return done;
    }).finally(() => this.#watch.checkSoon()); // which removes what a failure has left
    this.#options.onChange();
    return {
      workspace: await this.#describe({ ...distro, state: "running" }, true, signal),
      steps: [...steps],
    };
  }

  async disable(name: string, signal: AbortSignal): Promise<WorkspaceChange> {
    const { setting } = this.#options;
    const distro = await this.#survey.find(name, signal);
    const actual = typeof distro === "string" ? distro : distro.name;
    const isDefault = typeof distro !== "string" && distro.isDefault;
    const remove = async () => {
      const rest = setting.names.filter((one) =>
        !isSameDistro(one, actual) && !(isDefault && one === DEFAULT_DISTRO)
      );
      if (rest.length < setting.names.length) await setting.change(rest, signal);
      const record = await this.#book.record;
      const entry = record.get(actual);
      if (typeof distro === "string" || ineligibility(distro) !== undefined) {
        if (entry !== undefined) await record.set(actual, null);
        await this.#serve();
        return [];
      }
      if (entry !== undefined) await record.set(actual, { ...entry, state: "removing" });
      await this.#share.ready(this.#requireEngine(), signal);
      const done = await this.#changes.remove(actual, signal);
      await this.#serve();
      this.#watch.settled(actual, "left");
      return done;
    };
    const change = async () => {
      const steps = [...await this.#book.inTurn(actual, remove)];
      if (typeof distro === "string") return { workspace: describeMissing(actual, false), steps };
      return { workspace: await this.#describe(distro, false, signal), steps };
    };
    const changed = await this.#book.during(change).finally(() => this.#watch.checkSoon());
    this.#options.onChange();
    return changed;
  }

  /** Resolves when nothing is done in the background at the moment. */
  async idle(): Promise<void> {
    await this.#watch.idle();
  }

  /** Ends what is done in the background; the engine may still be given the files of workspaces. */
  async stopWatching(): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopWatching();
    await this.#roots[Symbol.asyncDispose]();
  }

  async #describe(distro: DistroNow, enabled: boolean, signal: AbortSignal): Promise<Workspace> {
    return await this.#survey.describe(
      distro,
      { enabled, isReady: this.#share.isReady(this.#engine?.life) },
      signal,
    );
  }

  /** Tells the agent what it serves, if that has changed. */
  async #serve(): Promise<void> {
    this.#share.serve(await this.#book.served(), this.#engine?.life);
  }

  async #withFolder(work: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<boolean> {
    const engine = this.#requireEngine();
    // A user who has stopped the engine does not want it started for this.
    if (engine.life === undefined && engine.state.kind === "stopped") return false;
    await this.#share.ready(engine, signal);
    await work(signal);
    return true;
  }

  /** Does what a workspace that was started needs, unless it was disabled meanwhile. */
  async #renew(distro: DistroNow, signal: AbortSignal): Promise<void> {
    if (this.#book.isNamed(distro.name)) await this.#changes.started(distro, signal);
  }

  /** Removes what is left in a distro that is not a workspace any more. */
  async #clear(name: string, signal: AbortSignal): Promise<void> {
    const entry = (await this.#book.record).get(name);
    if (entry !== undefined && !this.#book.isNamed(name)) await this.#changes.remove(name, signal);
  }

  /** Where the files of a workspace are; the engine asks for them. */
  async #placeOf(name: string) {
    const entry = (await this.#book.record).get(name);
    const isEnabled = entry !== undefined && entry.state !== "removing" && this.#book.isNamed(name);
    if (!isEnabled || this.#book.isReplaced(name)) {
      return `the distro '${name}' is not enabled as a workspace`;
    }
    return { distro: name, automountRoot: entry.automountRoot };
  }

  /** Workspaces have started: from now on the engine listens to them. */
  async #begun(): Promise<void> {
    const engine = this.#engine;
    if (engine?.state.kind === "stopped" && await engine.isImported()) engine.startResting();
  }

  #ended(): void {
    if (this.#roots.count === 0) this.#engine?.stopResting();
  }

  #requireEngine(): HostEngine {
    if (this.#engine !== undefined) return this.#engine;
    throw new WindlassError("WL_WORKSPACE_FAILED", "Cannot use workspaces: the host is still starting");
  }
}
