import type { IncomingStream } from "../../src/mux/mux_session.ts";
import type { MuxStream } from "../../src/mux/mux_stream.ts";
import { allocateWithHeaderRoom } from "../../src/streams/header_room.ts";

/**
 * What the peer of the stream tests does with a stream, by its target: `echo`, `sink` (reads all, answers with
 * the number of bytes), `source:<bytes>`, `stall` (never reads), `hold` (reads nothing, says nothing),
 * `reset:<reason>` (after the first bytes), `close` (after the first bytes), `refuse:<reason>`.
 */
export function servePeerStream(incoming: IncomingStream): void {
  const [name, argument] = splitOnce(incoming.target);
  if (name === "refuse") return incoming.refuse(argument);
  const service = SERVICES[name];
  if (service === undefined) return incoming.refuse(`no service '${name}'`);
  // A stream that its opener ends makes the service fail: nothing to do about it here.
  service(incoming.accept(), argument).catch(() => {});
}

const SERVICES: Record<string, (stream: MuxStream, argument: string) => Promise<void>> = {
  async echo(stream) {
    for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
      await stream.write(bytes);
    }
    await stream.closeWrite();
  },
  async sink(stream) {
    let total = 0;
    for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) total += bytes.length;
    await stream.write(new TextEncoder().encode(String(total)));
    await stream.closeWrite();
  },
  async source(stream, argument) {
    const buffer = allocateWithHeaderRoom(65_528).fill(0x5a);
    for (let left = Number(argument); left > 0; left -= buffer.length) {
      await stream.write(left < buffer.length ? buffer.subarray(0, left) : buffer);
    }
    await stream.closeWrite();
  },
  stall: async () => {},
  async reset(stream, argument) {
    await stream.read();
    stream.reset(argument);
  },
  async close(stream) {
    const bytes = await stream.read();
    if (bytes !== null) await stream.write(bytes);
    stream.close();
  },
};

function splitOnce(target: string): [string, string] {
  const colon = target.indexOf(":");
  return colon === -1 ? [target, ""] : [target.slice(0, colon), target.slice(colon + 1)];
}
