import type { Listener } from "../platform/listener.ts";
import { type ActiveRequest, type Relay, type RelayOptions, startRelay } from "./relay.ts";

/** Several relays that lead to the same engine, seen as one. */
export class RelayGroup {
  readonly #options: Omit<RelayOptions, "listener">;
  readonly #relays = new Set<Relay>();

  /** @param options What all of them have in common. */
  constructor(options: Omit<RelayOptions, "listener">) {
    this.#options = options;
  }

  /** Starts one more. It leaves the group when the caller disposes it. */
  start(listener: Listener): AsyncDisposable {
    const relay = startRelay({ ...this.#options, listener });
    this.#relays.add(relay);
    return {
      [Symbol.asyncDispose]: async () => {
        await relay.close();
        this.#relays.delete(relay);
      },
    };
  }

  /** Requests without a complete answer and raw streams, of all clients. */
  activeRequests(): readonly ActiveRequest[] {
    return [...this.#relays].flatMap((relay) => relay.activeRequests());
  }

  /** Gives the streams of idle connections back to the engine, so that it may stop; clients stay connected. */
  letGo(): void {
    for (const relay of this.#relays) relay.letGo();
  }
}
