import type { Workspace } from "../../agent/protocol/workspace_messages.ts";
import { problemOf } from "../../errors/problem_of.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { WORKSPACE_LIMITS } from "../../workspaces/workspace_limits.ts";
import type { EngineLife } from "../engine/engine_life.ts";
import type { EngineState } from "../engine/engine_state.ts";

/**
 * Opening some sockets and a mount takes moments, but an agent answers only once its virtual machine and its distro have
 * started, and what a predecessor has left is gone. One of an earlier version never does.
 */
const ANSWER_MILLISECONDS = WORKSPACE_LIMITS.sharedFolderMilliseconds;

/** The engine, as far as workspaces have a say in its life. */
export interface WorkspaceEngine {
  readonly state: EngineState;
  readonly life: Pick<EngineLife, "serveWorkspaces"> | undefined;
  /** Starts a stopped engine without dockerd; does nothing in any other state. */
  startResting(): void;
}

/** The agent of one life, and whether it has what we told it last. */
interface ToldAgent {
  readonly life: Pick<EngineLife, "serveWorkspaces">;
  readonly answer: Promise<void>;
}

/** Tells each agent which workspaces it serves, and waits for the folder that it shows to the distros. */
export class EngineShare {
  readonly #log: Log;
  #list: readonly Workspace[] = [];
  /** Without workspaces, agents get no list at all: they load what they need for it only then. */
  #isNeeded = false;
  #told: ToldAgent | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** From now on agents serve these workspaces, and no others. */
  serve(list: readonly Workspace[], life: WorkspaceEngine["life"]): void {
    if (JSON.stringify(list) === JSON.stringify(this.#list)) return;
    this.#list = list;
    this.#isNeeded = true;
    if (life !== undefined) this.#tell(life);
  }

  /** A life has begun. */
  lifeBegins(life: Pick<EngineLife, "serveWorkspaces">): void {
    if (this.#isNeeded && this.#told?.life !== life) this.#tell(life);
    this.engineChanged();
  }

  /** The engine's state has changed. */
  engineChanged(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Whether the shared folder can be expected, without a start of the engine. */
  isReady(life: WorkspaceEngine["life"]): boolean {
    return life !== undefined && this.#told?.life === life;
  }

  /**
   * Resolves once the folder is there that the distros need; starts a stopped engine for it, without dockerd.
   *
   * @throws {WindlassError} `WL_WORKSPACE_SHARED_MISSING`; the signal's reason.
   */
  async ready(engine: WorkspaceEngine, signal: AbortSignal): Promise<void> {
    this.#isNeeded = true;
    const missed = new AbortController();
    const timer = setTimeout(() => missed.abort(), WORKSPACE_LIMITS.sharedFolderMilliseconds);
    const ended = Promise.withResolvers<"ended">();
    const end = () => ended.resolve("ended");
    const over = AbortSignal.any([signal, missed.signal]);
    over.addEventListener("abort", end, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        if (missed.signal.aborted) throw sharedMissing(`the engine is still ${engine.state.kind}`);
        if (engine.state.kind === "failed") throw sharedMissing(engine.state.problem.message);
        engine.startResting();
        const { life } = engine;
        const changed = this.#changed.promise;
        if (life === undefined) {
          await Promise.race([changed, ended.promise]);
          continue;
        }
        const told = this.#told?.life === life ? this.#told : this.#tell(life);
        const outcome = await Promise.race([
          told.answer.then(() => "ready" as const, (error) => error),
          ended.promise,
        ]);
        if (outcome === "ready") return;
        // Of a life that has ended meanwhile, this says nothing.
        if (outcome !== "ended" && engine.life === life) throw sharedMissing(problemOf(outcome).message);
      }
    } finally {
      clearTimeout(timer);
      over.removeEventListener("abort", end);
    }
  }

  #tell(life: Pick<EngineLife, "serveWorkspaces">): ToldAgent {
    const answer = life.serveWorkspaces(this.#list, AbortSignal.timeout(ANSWER_MILLISECONDS));
    const told = { life, answer };
    this.#told = told;
    answer.catch((error) => {
      if (this.#told === told) this.#told = undefined;
      this.#log("warn", "workspaces.agent.silent", { reason: problemOf(error).message });
    });
    return told;
  }
}

function sharedMissing(state: string): WindlassError {
  return new WindlassError("WL_WORKSPACE_SHARED_MISSING", `Cannot reach the user's distros: ${state}`);
}
