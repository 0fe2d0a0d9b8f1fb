import type { MuxStream } from "../../mux/mux_stream.ts";
import type { IncomingStream } from "../../mux/mux_session.ts";
import type { ClientConnection } from "../../platform/listener.ts";
import { ClientQueue } from "./client_queue.ts";
import { formatTarget } from "../../agent/protocol/stream_target.ts";

/** The target of streams that are Docker clients; see src/agent/streams/host_sockets.ts. */
export const CLIENT_TARGET = formatTarget({ kind: "client" });

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
  let reading: Promise<Uint8Array | null> = Promise.resolve(null);
  let ended = false;
  const close = () => {
    if (ended && !gone.aborted) void closeWhenRead(stream, reading);
    else stream.close();
  };
  return {
    read: () => reading = stream.read(),
    write: (bytes) => stream.write(bytes),
    async closeWrite() {
      await stream.closeWrite();
      ended = true;
    },
    close,
    isGone: () => Promise.resolve(gone.aborted),
    [Symbol.dispose]: close,
  };
}

/**
 * Closes a stream that has had its end once its client has ended, too. Until then bytes may be on their way that the
 * client takes its time to read, and after a close the agent would soon give them up. A socket's kernel keeps such bytes.
 */
async function closeWhenRead(stream: MuxStream, reading: Promise<Uint8Array | null>): Promise<void> {
  try {
    await reading;
    while (await stream.read() !== null);
  } finally {
    stream.close();
  }
}
