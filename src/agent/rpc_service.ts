import type { Log, LogLine } from "../logging/log.ts";
import type { Duplex } from "../streams/duplex.ts";
import { AGENT_LIMITS } from "./agent_limits.ts";
import { readJsonLines } from "./json_lines.ts";
import { LogRing } from "./log_ring.ts";
import { RpcSender } from "./rpc_sender.ts";
import {
  type AgentRequest,
  type AgentStatus,
  type EngineState,
  type EngineUse,
  type HelloMessage,
  isAgentRequest,
} from "./rpc_messages.ts";

/** What the requests of the host are carried out with. */
export interface RpcActions {
  hello(): HelloMessage;
  status(): AgentStatus;
  /** Rejects while Docker does not answer. */
  use(): Promise<EngineUse>;
  /** What dockerd says against these options; nothing if it would take them. */
  checkDaemonOptions(options: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  /** Resolves when dockerd has stopped. */
  restart(): Promise<void>;
  /** Resolves when everything is stopped and cleaned up. */
  shutdown(): Promise<void>;
}

/** The agent's end of the control stream: tells states and log lines, carries out requests. */
export class RpcService {
  readonly #actions: RpcActions;
  readonly #log: Log;
  readonly #ring = new LogRing(AGENT_LIMITS.logRingLines);
  #sender: RpcSender | undefined;

  constructor(actions: RpcActions, log: Log) {
    this.#actions = actions;
    this.#log = log;
  }

  /** Tells the host a change of state. */
  tellState(state: EngineState): void {
    this.#sender?.send({ kind: "state", state });
  }

  /** Keeps a log line, and tells it to the host. */
  tellLine(line: LogLine): void {
    this.#ring.add(line);
    this.#sender?.sendLog(line);
  }

  /** Resolves when what was told so far has gone out. */
  async flushed(): Promise<void> {
    await this.#sender?.flushed();
  }

  /**
   * Serves a control stream until it ends; the newest one is told what happens. Lines from before are told first,
   * so that the host's log has the agent's start. Never rejects.
   */
  async serve(stream: Duplex): Promise<void> {
    const sender = new RpcSender(stream);
    sender.send(this.#actions.hello());
    sender.send({ kind: "state", state: this.#actions.status().state });
    for (const line of this.#ring.newest(AGENT_LIMITS.logRingLines)) sender.sendLog(line);
    this.#sender = sender;
    try {
      for await (const value of readJsonLines(stream, AGENT_LIMITS.rpcLineBytes)) {
        if (isAgentRequest(value)) this.#answer(value, sender);
        else this.#log("warn", "agent.rpc.unknown", { message: JSON.stringify(value).slice(0, 200) });
      }
    } catch (error) {
      this.#log("debug", "agent.rpc.broken", { reason: String(error) });
    } finally {
      if (this.#sender === sender) this.#sender = undefined;
      stream.close();
    }
  }

  async #answer(request: AgentRequest, sender: RpcSender): Promise<void> {
    try {
      sender.send({ kind: "response", id: request.id, result: await this.#carryOut(request) });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      sender.send({ kind: "response", id: request.id, error: text });
    }
  }

  async #carryOut(request: AgentRequest): Promise<unknown> {
    switch (request.method) {
      case "status":
        return this.#actions.status();
      case "use":
        return await this.#actions.use();
      case "logs":
        return this.#ring.newest(request.lines);
      case "check-daemon-options":
        return await this.#actions.checkDaemonOptions(request.options) ?? null;
      case "restart-engine":
        await this.#actions.restart();
        return null;
      case "shutdown":
        await this.#actions.shutdown();
        return null;
    }
  }
}
