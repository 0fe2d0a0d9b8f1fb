import type { DaemonConfiguration } from "../../agent/protocol/agent_command.ts";
import type { EngineUse, HeldPort } from "../../agent/protocol/rpc_messages.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { EngineHas } from "../../relay/paths/translate_path.ts";
import type { Upstream } from "../../relay/upstream.ts";
import type { EngineLife } from "./engine_life.ts";

/** What is asked of the engine that runs at that moment, and starts none. */
export abstract class EngineCalls {
  /** The life that serves at present; `undefined` while the engine is stopped, stopping or between two lives. */
  abstract get life(): EngineLife | undefined;

  /**
   * A connection to dockerd for a client inside the engine. It belongs to the life that it runs in: while that ends,
   * a container that polls must not start the next one.
   */
  connectInside(): Promise<Upstream> {
    const life = this.life;
    if (life !== undefined) return Promise.resolve(life.connect());
    return Promise.reject(
      new WindlassError("WL_ENGINE_FAILED", "Cannot reach the engine: it is being stopped"),
    );
  }

  /** See {@linkcode EngineHas}; `true` if there is no engine that could say. */
  async hasPath(...wanted: Parameters<EngineHas>): Promise<boolean> {
    return await this.life?.hasPath(...wanted) ?? true;
  }

  /**
   * What the agent sees that dockerd is in use for.
   *
   * @throws {WindlassError} `WL_ENGINE_FAILED` if nothing runs; why dockerd does not answer otherwise.
   */
  use(signal: AbortSignal): Promise<EngineUse> {
    const life = this.life;
    if (life !== undefined) return life.use(signal);
    return Promise.reject(new WindlassError("WL_ENGINE_FAILED", "Cannot ask the engine: it is not running"));
  }

  /**
   * What dockerd says against these options, as a lower-case clause; nothing if it would take them, or if there is no
   * engine to ask: whether they are used is decided at each start anyway.
   */
  async checkDaemonOptions(options: DaemonConfiguration, signal: AbortSignal): Promise<string | undefined> {
    return await this.life?.checkDaemonOptions(options, signal);
  }

  /** As in the agent; does nothing if there is no engine. */
  async holdPorts(ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal): Promise<void> {
    await this.life?.holdPorts(ports, milliseconds, signal);
  }
}
