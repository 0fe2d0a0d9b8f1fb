import type { Listener } from "../platform/listener.ts";
import type { ConnectionReport } from "./connection_report.ts";
import { type ActiveRequest, type Relay, type RelayOptions, startRelay } from "./relay.ts";

/** A connection of one of several relays. */
export interface GroupConnectionReport extends ConnectionReport {
  /** Where the client connected. */
  readonly endpoint: string;
}

/** Several relays that lead to the same engine, seen as one. Their connections are numbered together. */
export class RelayGroup {
  readonly #options: Omit<RelayOptions, "listener">;
  readonly #relays = new Set<Relay>();
  #lastId = 0;

  /** @param options What all of them have in common. */
  constructor(options: Omit<RelayOptions, "listener">) {
    this.#options = options;
  }

  /** Starts one more, with options of its own. It leaves the group when the caller disposes it. */
  start(
    listener: Listener,
    own: Pick<RelayOptions, "maximumClients"> & Partial<Pick<RelayOptions, "openUpstream">> = {},
  ): AsyncDisposable {
    const relay = startRelay({ ...this.#options, ...own, nextId: () => ++this.#lastId, listener });
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

  /** What each connection is doing at the moment. */
  report(): readonly GroupConnectionReport[] {
    return [...this.#relays].flatMap((relay) =>
      relay.report().map((connection) => ({ ...connection, endpoint: relay.address }))
    );
  }

  /** Closes the streams of idle connections to the engine, so that it may stop; clients stay connected. */
  releaseIdleStreams(): void {
    for (const relay of this.#relays) relay.releaseIdleStreams();
  }
}
