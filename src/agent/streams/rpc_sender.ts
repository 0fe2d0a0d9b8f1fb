import type { LogLine } from "../../logging/log.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { AGENT_LIMITS } from "../agent_limits.ts";
import type { AgentMessage } from "../protocol/rpc_messages.ts";

const ENCODER = new TextEncoder();

/**
 * Writes messages to a control stream in order, those that wait together in one write. Nobody ever waits for
 * the host: when it does not read, log lines are dropped, and a later line says how many.
 */
export class RpcSender {
  readonly #stream: Pick<Duplex, "write">;
  #waiting: AgentMessage[] = [];
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(stream: Pick<Duplex, "write">) {
    this.#stream = stream;
  }

  /** Sends a message that must not be lost. */
  send(message: AgentMessage): void {
    this.#waiting.push(message);
    this.#writing ??= this.#write();
  }

  /** Sends a log line, unless too much is waiting. */
  sendLog(line: LogLine): void {
    if (this.#waiting.length >= AGENT_LIMITS.rpcQueueMessages) this.#dropped++;
    else this.send({ kind: "log", line });
  }

  /** Resolves when all that was sent has been written, or the stream has broken. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // what is sent in this turn goes out together
    try {
      while (this.#waiting.length > 0) {
        const messages = this.#waiting;
        this.#waiting = this.#takeDropped();
        await this.#stream.write(
          ENCODER.encode(messages.map((message) => JSON.stringify(message) + "\n").join("")),
        );
      }
    } catch {
      this.#waiting = []; // the reading side of the stream sees its end
    } finally {
      this.#writing = undefined;
    }
  }

  #takeDropped(): AgentMessage[] {
    if (this.#dropped === 0) return [];
    const line: LogLine = {
      time: new Date().toISOString(),
      level: "warn",
      source: "agent",
      event: "agent.log.dropped",
      fields: { lines: this.#dropped },
    };
    this.#dropped = 0;
    return [{ kind: "log", line }];
  }
}
