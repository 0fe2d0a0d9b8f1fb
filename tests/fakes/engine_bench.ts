import assert from "node:assert/strict";
import type { ResolvedWorkspacePath, Workspace } from "../../src/agent/protocol/workspace_messages.ts";
import type { EngineUse } from "../../src/agent/protocol/rpc_messages.ts";
import { WindlassError } from "../../src/errors/windlass_error.ts";
import { Engine } from "../../src/host/engine/engine.ts";
import type { EngineDistros } from "../../src/host/engine/engine_distros.ts";
import type { EngineOptions } from "../../src/host/engine/engine_options.ts";
import type { EngineLife, EngineLifeOptions } from "../../src/host/engine/engine_life.ts";
import type { LinkReport } from "../../src/host/engine/link_report.ts";
import type { EngineState } from "../../src/host/engine/engine_state.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import type { Duplex } from "../../src/streams/duplex.ts";
import { aborted } from "../../src/timing/sleep.ts";

/** A life that a test ends by hand. */
export class FakeLife implements EngineLife {
  readonly #ended = Promise.withResolvers<WindlassError>();
  readonly ended = this.#ended.promise;
  readonly connection = {} as Duplex;
  disposed = false;
  shutDowns = 0;
  /** What it was told to serve. */
  workspaces: readonly Workspace[] = [];
  rests = 0;
  wakes = 0;
  /** Why it does not rest. */
  restRefusal: Error | undefined;
  /** Whether its containers never stop. */
  slow = false;

  constructor(readonly options: EngineLifeOptions) {}

  connect(): Duplex {
    return this.connection;
  }
  connectContainer(): Duplex {
    return this.connection;
  }

  report(): Promise<LinkReport> {
    return Promise.resolve({
      pingMs: null,
      agent: { answers: false, heard: false, problem: "it is a fake" },
      streams: [],
    });
  }

  setLogLevel(): void {}

  use(): Promise<EngineUse> {
    return Promise.resolve({ containers: [], containerCount: 0, swarm: false, localClients: 0 });
  }

  checkDaemonOptions(options: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    return Promise.resolve(`no ${Object.keys(options).join()}`);
  }

  hasPath(path: string): Promise<boolean> {
    return Promise.resolve(path === "/etc/hosts");
  }

  holdPorts(): Promise<void> {
    return Promise.resolve();
  }

  setCertificates(): Promise<{ readonly restartNeeded: boolean }> {
    return Promise.resolve({ restartNeeded: false });
  }

  serveWorkspaces(workspaces: readonly Workspace[]): Promise<void> {
    this.workspaces = workspaces;
    return Promise.resolve();
  }

  resolveWorkspacePath(workspace: string, path: string): Promise<ResolvedWorkspacePath> {
    return Promise.resolve({ path: `/run/windlass/workspaces/${workspace}${path}` });
  }

  prepareStart(container: string): Promise<string | undefined> {
    return Promise.resolve(container === "web" ? undefined : `Cannot start '${container}': it is a fake`);
  }

  rest(): Promise<void> {
    this.rests++;
    if (this.restRefusal !== undefined) return Promise.reject(this.restRefusal);
    this.options.onState({ kind: "resting" });
    return Promise.resolve();
  }

  wake(): void {
    this.wakes++;
  }

  shutDown(force: AbortSignal): Promise<void> {
    this.shutDowns++;
    return this.slow ? aborted(force) : Promise.resolve();
  }

  end(code: "WL_ENGINE_FAILED" | "WL_DISTRO_NOT_FOUND", message: string): void {
    this.#ended.resolve(new WindlassError(code, message));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

/** An engine with fake lives, and what happened to it. */
export class Bench {
  readonly lives: FakeLife[] = [];
  readonly states: EngineState[] = [];
  readonly terminated: string[] = [];
  /** The distros that ended before the keeper of the data. */
  readonly terminatedWhileKept: string[] = [];
  readonly waits: number[] = [];
  keepers = 0;
  ensured = 0;
  recorded = true;
  /** Whether a workspace runs that an engine at rest is kept for. */
  keepsResting: boolean | Promise<boolean> = true;
  readonly engine: Engine;
  #wanted: { readonly kind: EngineState["kind"]; readonly reached: PromiseWithResolvers<void> } | undefined;
  #grown = Promise.withResolvers<void>();

  constructor(changes: Partial<EngineDistros> = {}) {
    const distros: EngineDistros = {
      engineName: "windlass",
      dataName: "windlass-data",
      otherEngineNames: [],
      areRecorded: () => Promise.resolve(this.recorded),
      ensure: () => Promise.resolve(void this.ensured++),
      ...changes,
    };
    const options: EngineOptions = {
      wsl: {
        spawn: () => assert.fail("the fake life needs no wsl"),
        terminate: (name) => {
          this.terminated.push(name);
          if (this.keepers > 0) this.terminatedWhileKept.push(name);
          return Promise.resolve();
        },
      },
      distros,
      log: NO_LOG,
      onLine: () => {},
      onState: (state) => {
        this.states.push(state);
        if (state.kind === this.#wanted?.kind) this.#wanted.reached.resolve();
      },
      daemonOptions: () => ({ debug: true }),
      keepsResting: () => Promise.resolve(this.keepsResting),
      openKeeper: () => {
        this.keepers++;
        let isOpen = true;
        return {
          lost: new Promise(() => {}),
          [Symbol.asyncDispose]: () => {
            if (isOpen) this.keepers--;
            isOpen = false;
            return Promise.resolve();
          },
        };
      },
      openLife: (lifeOptions) => {
        const life = new FakeLife(lifeOptions);
        this.lives.push(life);
        this.#grown.resolve();
        this.#grown = Promise.withResolvers();
        return life;
      },
      wait: (milliseconds, signal) => {
        this.waits.push(milliseconds);
        if (this.waits.length < 2 || signal.aborted) return Promise.resolve();
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      },
    };
    this.engine = new Engine(options);
  }

  /** Resolves the next time that the engine is in a state. */
  nextState(kind: EngineState["kind"]): Promise<void> {
    this.#wanted = { kind, reached: Promise.withResolvers() };
    return this.#wanted.reached.promise;
  }

  async life(number: number): Promise<FakeLife> {
    while (this.lives.length < number) await this.#grown.promise;
    return this.lives[number - 1]!;
  }
}
