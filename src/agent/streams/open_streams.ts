import type { AgentStation, AgentStream } from "../protocol/agent_stream.ts";

/** A stream that is being served. */
export interface OpenStream extends Disposable {
  station: AgentStation;
  /** Bytes that dockerd or the container has taken, and bytes that it has sent. */
  readonly bytes: { sent: number; received: number };
}

/** The streams of the host that the agent serves, for its status. */
export class OpenStreams {
  readonly #streams = new Map<number, OpenStream & { readonly target: string; readonly since: number }>();

  get size(): number {
    return this.#streams.size;
  }

  /** Adds a stream; disposing it removes it. */
  add(id: number, target: string): OpenStream {
    const stream = {
      target,
      since: Date.now(),
      station: "connecting" as AgentStation,
      bytes: { sent: 0, received: 0 },
      [Symbol.dispose]: () => void this.#streams.delete(id),
    };
    this.#streams.set(id, stream);
    return stream;
  }

  /** The oldest streams, at most `maximum`. */
  report(maximum: number): AgentStream[] {
    const now = Date.now();
    return [...this.#streams].slice(0, maximum).map(([id, { target, since, station, bytes }]) => ({
      id,
      target,
      ageMs: Math.max(0, now - since),
      station,
      sentBytes: bytes.sent,
      receivedBytes: bytes.received,
    }));
  }
}
