import type { DaemonConfiguration } from "../../agent/protocol/agent_command.ts";
import type { Log, LogLine } from "../../logging/log.ts";
import type { sleep } from "../../timing/sleep.ts";
import type { Wsl } from "../../wsl/wsl.ts";
import type { DataKeeper, DataKeeperOptions } from "./data_keeper.ts";
import type { EngineDistros } from "./engine_distros.ts";
import type { EngineLife, EngineLifeOptions, openEngineLife } from "./engine_life.ts";
import type { EngineState } from "./engine_state.ts";
import type { StartOrigin } from "./start_recorder.ts";

/** Dependencies of the engine. */
export interface EngineOptions {
  readonly wsl: Pick<Wsl, "spawn" | "terminate">;
  readonly distros: EngineDistros;
  /** The user's options for dockerd; asked at each start. None if absent. */
  readonly daemonOptions?: () => DaemonConfiguration;
  readonly log: Log;
  /** Lines of the agent and of dockerd. */
  readonly onLine: (line: LogLine) => void;
  /** Called after every change of state. */
  readonly onState: (state: EngineState) => void;
  /** Called for each chunk of the link. */
  readonly worked?: () => void;
  /** Called when a start begins, before anything is done for it. */
  readonly onStart?: (cause: StartOrigin["cause"]) => void;
  readonly onAgentStart?: EngineLifeOptions["onAgentStart"];
  /** Whether an engine that rests is to have a next life after its agent has ended. It has none if absent. */
  readonly keepsResting?: () => Promise<boolean>;
  readonly serveAgent?: EngineLifeOptions["serveAgent"];
  /** Called when a life begins, before its dockerd starts. */
  readonly onLife?: (life: EngineLife) => void;
  /** Opens one life; replaced in tests. */
  readonly openLife?: typeof openEngineLife;
  /** Keeps the data distro; replaced in tests. */
  readonly openKeeper?: (options: DataKeeperOptions) => Pick<DataKeeper, "lost"> & AsyncDisposable;
  /** Waits between two tries; replaced in tests. */
  readonly wait?: typeof sleep;
}
