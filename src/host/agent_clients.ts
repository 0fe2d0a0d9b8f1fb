import type { MuxStream } from "../mux/mux_stream.ts";
import type { IncomingStream } from "../mux/mux_session.ts";
import type { ClientConnection } from "../platform/listener.ts";
import { ClientQueue } from "./client_queue.ts";

/** The target of streams that are Docker clients; see src/agent/host_sockets.ts. */
export const CLIENT_TARGET = "client";

/**
 * Docker clients inside the engine distro, as a listener like any other: what `windlass docker` runs there gets the
 * API through the same relay as the clients of the machine, so that their paths mean the same.
 */
export class AgentClients extends ClientQueue {
  constructor() {
    super("the engine's distro");
  }

  /** Takes a stream that the agent has opened. */
  offer(stream: IncomingStream): void {
    if (this.closed) return stream.refuse("the host ends");
    this.push(clientOf(stream.accept()));
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
