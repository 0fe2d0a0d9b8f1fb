import { join } from "node:path";
import type { Workspace as ServedWorkspace } from "../../src/agent/protocol/workspace_messages.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import type { EngineState } from "../../src/host/engine/engine_state.ts";
import { HostWorkspaces } from "../../src/host/workspaces/host_workspaces.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import type { Wsl } from "../../src/wsl/wsl.ts";
import { FakeWorkspaceWsl } from "./fake_workspace_wsl.ts";

/** An engine without processes. */
export class FakeRestingEngine {
  state: EngineState = { kind: "stopped" };
  life: { serveWorkspaces(list: readonly ServedWorkspace[]): Promise<void> } | undefined;
  served: readonly ServedWorkspace[] = [];
  starts = 0;
  imported = true;
  refusal: Error | undefined;

  constructor(readonly workspaces: () => HostWorkspaces) {}

  get isResting(): boolean {
    return this.state.kind === "resting";
  }

  startResting(): void {
    if (this.state.kind !== "stopped") return;
    this.starts++;
    this.begin({ kind: "resting" });
  }

  begin(state: EngineState): void {
    this.state = state;
    this.life = {
      serveWorkspaces: (list) => {
        if (this.refusal !== undefined) return Promise.reject(this.refusal);
        this.served = list;
        return Promise.resolve();
      },
    };
    this.workspaces().lifeBegins(this.life);
  }

  stop(): void {
    this.state = { kind: "stopped" };
    this.life = undefined;
    this.workspaces().engineChanged();
  }

  stopResting(): void {
    if (this.isResting) this.stop();
  }

  isImported(): Promise<boolean> {
    return Promise.resolve(this.imported);
  }
}

/** A host's workspaces, with fakes around them. The watch checks when it is asked to. */
export class WorkspaceLab implements AsyncDisposable {
  readonly wsl = new FakeWorkspaceWsl();
  readonly setting = {
    names: [] as readonly string[],
    isLocked: false,
    change: (names: readonly string[]) => {
      if (this.setting.isLocked) {
        return Promise.reject(
          new WindlassError("WL_SETTING_LOCKED", "Cannot set 'workspaces': it is locked"),
        );
      }
      this.setting.names = names;
      return Promise.resolve();
    },
  };
  readonly engine = new FakeRestingEngine(() => this.workspaces);
  readonly workspaces: HostWorkspaces;
  changes = 0;

  private constructor(readonly folder: string) {
    this.workspaces = this.open();
  }

  static async open(): Promise<WorkspaceLab> {
    return new WorkspaceLab(await Deno.makeTempDir());
  }

  open(folder = "windlass"): HostWorkspaces {
    return new HostWorkspaces({
      wsl: this.wsl as unknown as Wsl,
      folder,
      executable: "/mnt/c/windlass.exe",
      home: undefined,
      recordFile: join(this.folder, "workspaces.json"),
      setting: this.setting,
      log: NO_LOG,
      onChange: () => this.changes++,
    });
  }

  begin(): void {
    this.workspaces.begin(this.engine);
  }

  /** What the record has of a distro. */
  async entry(name: string): Promise<Record<string, unknown> | undefined> {
    try {
      return JSON.parse(await Deno.readTextFile(join(this.folder, "workspaces.json"))).workspaces[name];
    } catch {
      return undefined;
    }
  }

  /** Has the watch check, and waits for what it does. */
  async check(): Promise<void> {
    await this.workspaces.checkAnyRunning();
    await this.workspaces.idle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workspaces[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
