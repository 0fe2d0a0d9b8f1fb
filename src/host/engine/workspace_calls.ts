import { isWindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import type { BeforeStart } from "../../relay/http/held_start.ts";
import type { ResolveWorkspacePath } from "../../relay/paths/translate_path.ts";
import type { Engine } from "./engine.ts";
import type { EngineLife } from "./engine_life.ts";
import type { EngineWorkspaces } from "./engine_workspaces.ts";

/** The distro may have to be started, and the agent has its own limit for handing the files over. */
const ANSWER_MILLISECONDS = 120_000;

/** What the relays of the host ask the agent with. */
export interface WorkspaceCallsOptions {
  readonly engine: Pick<Engine, "life" | "connect">;
  /** None if absent. */
  readonly workspaces: Pick<EngineWorkspaces, "hasAny" | "servedName"> | undefined;
  readonly log: Log;
}

/** What the relays of the host ask of the agent, for clients that use the files of workspaces from outside. */
export interface WorkspaceCalls {
  readonly beforeStart: BeforeStart;
  readonly resolvePath: ResolveWorkspacePath;
}

/** Makes the two calls. Without workspaces neither of them asks anything. */
export function workspaceCalls({ engine, workspaces, log }: WorkspaceCallsOptions): WorkspaceCalls {
  return {
    async beforeStart(container, signal) {
      if (workspaces?.hasAny !== true) return undefined;
      const limit = AbortSignal.timeout(ANSWER_MILLISECONDS);
      try {
        const life = await presentLife(engine, signal);
        return await life?.prepareStart(container, AbortSignal.any([signal, limit]));
      } catch (error) {
        signal.throwIfAborted();
        log("warn", "workspaces.start.unknown", { container, reason: String(error) });
        // An engine that fails says so itself, and one of an earlier version has no files of workspaces.
        if (isWindlassError(error)) return undefined;
        return `Cannot start the container '${container}': ${late()}`;
      }
    },
    async resolvePath(name, path, use, signal) {
      const workspace = workspaces?.servedName(name);
      if (workspace === undefined) {
        return { refused: `run 'windlass workspace enable ${name}' to mount files of that distro` };
      }
      const limit = AbortSignal.timeout(ANSWER_MILLISECONDS);
      try {
        const life = await presentLife(engine, signal);
        const wanted = [workspace, path, use, AbortSignal.any([signal, limit])] as const;
        const resolved = await life?.resolveWorkspacePath(...wanted);
        if (resolved === undefined) return { refused: "the engine has just stopped" };
        return "path" in resolved ? resolved.path : resolved;
      } catch (error) {
        signal.throwIfAborted();
        if (isWindlassError(error)) return { refused: error.message.replace(/^Cannot/, "cannot") };
        return { refused: late() };
      }
    },
  };
}

/** The life that serves now; starts a stopped engine, as the request that follows would. */
async function presentLife(
  engine: WorkspaceCallsOptions["engine"],
  signal: AbortSignal,
): Promise<EngineLife | undefined> {
  if (engine.life === undefined) (await engine.connect(signal)).close();
  return engine.life;
}

function late(): string {
  return `the engine did not answer within ${ANSWER_MILLISECONDS / 1000} s`;
}
