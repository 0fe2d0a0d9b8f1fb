import type { MuxStream } from "../mux/mux_stream.ts";
import type { IncomingStream } from "../mux/mux_session.ts";
import type { ClientConnection, Listener } from "../platform/listener.ts";

/** The target of streams that are Docker clients; see src/agent/host_sockets.ts. */
export const CLIENT_TARGET = "client";

/**
 * Docker clients inside the engine distro, as a listener like any other: what `windlass docker` runs there gets the
 * API through the same relay as the clients of the machine, so that their paths mean the same.
 */
export class AgentClients implements Listener {
  readonly address = "the engine's distro";
  readonly #arrived: ClientConnection[] = [];
  #waiting: ((client: ClientConnection | null) => void) | undefined;
  #closed = false;

  /** Takes a stream that the agent has opened. */
  offer(stream: IncomingStream): void {
    if (this.#closed) return stream.refuse("the host ends");
    const client = clientOf(stream.accept());
    if (this.#waiting === undefined) this.#arrived.push(client);
    else this.#answer(client);
  }

  /** One call at a time. */
  accept(): Promise<ClientConnection | null> {
    const client = this.#arrived.shift();
    if (client !== undefined || this.#closed) return Promise.resolve(client ?? null);
    return new Promise((resolve) => this.#waiting = resolve);
  }

  close(): void {
    this.#closed = true;
    for (const client of this.#arrived.splice(0)) client.close();
    this.#answer(null);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #answer(client: ClientConnection | null): void {
    this.#waiting?.(client);
    this.#waiting = undefined;
  }
}

function clientOf(stream: MuxStream): ClientConnection {
  const gone = stream.gone;
  return {
    read: () => stream.read(),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
    isGone: () => Promise.resolve(gone.aborted),
    [Symbol.dispose]: () => stream.close(),
  };
}
