import type { EngineStream } from "../../ports/engine_stream.ts";
import type { EngineLife } from "./engine_life.ts";

/** The user's own distros, as the engine sees them. */
export interface EngineWorkspaces {
  /** Whether any is enabled. */
  readonly hasAny: boolean;
  /** The name that WSL gives an enabled one, for a name in any case; `undefined` for any other distro. */
  servedName(name: string): string | undefined;
  /** Whether one that is enabled was running at the last check: an idle engine then rests, and is not stopped. */
  readonly isAnyRunning: boolean;
  /** Whether one is running now. */
  checkAnyRunning(): Promise<boolean>;
  /** A life has begun; its agent serves none so far. */
  lifeBegins(life: Pick<EngineLife, "serveWorkspaces">): void;
  /** The engine's state has changed. */
  engineChanged(): void;
  /** Serves a stream over which the agent asks for the files of one. */
  serveRoot(stream: EngineStream, workspace: string): void;
}
