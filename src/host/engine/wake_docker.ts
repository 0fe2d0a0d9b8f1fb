import { errorText } from "../../errors/error_text.ts";
import type { Log } from "../../logging/log.ts";
import type { Duplex } from "../../streams/duplex.ts";

/** The least that dockerd can be asked for. It closes the connection after the answer. */
const PING = new TextEncoder().encode("HEAD /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");

/**
 * Has an agent that rests start dockerd, as any client does: by a request on a stream to it, which is
 * closed at dockerd's answer. Never rejects.
 */
export async function wakeDocker(open: () => Duplex, log: Log): Promise<void> {
  try {
    using stream = open();
    await stream.write(PING);
    await stream.read();
  } catch (error) {
    log("debug", "engine.wake.failed", { reason: errorText(error) });
  }
}
