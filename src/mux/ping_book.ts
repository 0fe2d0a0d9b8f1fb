import { encodeUint32, uint32At } from "./frame.ts";
import type { MuxError } from "./mux_error.ts";

interface PendingPing {
  readonly started: number;
  resolve(milliseconds: number): void;
  reject(reason: unknown): void;
}

/** The pings whose answer has not come yet. */
export class PingBook {
  readonly #pending = new Map<number, PendingPing>();
  #next = 1;

  /** Sends a ping by `send` and resolves with its round trip in milliseconds. */
  async start(signal: AbortSignal, send: (payload: Uint8Array) => void): Promise<number> {
    signal.throwIfAborted();
    const number = this.#next++;
    const answer = Promise.withResolvers<number>();
    const aborted = () => answer.reject(signal.reason);
    signal.addEventListener("abort", aborted);
    try {
      this.#pending.set(number, {
        started: performance.now(),
        resolve: answer.resolve,
        reject: answer.reject,
      });
      const payload = new Uint8Array(8);
      payload.set(encodeUint32(number), 4);
      send(payload);
      return await answer.promise;
    } finally {
      this.#pending.delete(number);
      signal.removeEventListener("abort", aborted);
    }
  }

  /** A PONG came; one that nobody waits for any more is dropped. */
  answered(payload: Uint8Array): void {
    const ping = this.#pending.get(uint32At(payload, 4));
    ping?.resolve(performance.now() - ping.started);
  }

  /** Fails all that wait. */
  end(reason: MuxError): void {
    for (const ping of this.#pending.values()) ping.reject(reason);
  }
}
