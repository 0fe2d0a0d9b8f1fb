/** The agent's end of the link's conformance test, on stdin and stdout. */
import { NO_LOG } from "../../src/logging/log.ts";
import { type IncomingStream, openMuxSession } from "../../src/mux/mux_session.ts";
import type { MuxStream } from "../../src/mux/mux_stream.ts";
import { openStdioDuplex } from "../../src/streams/stdio_duplex.ts";
import { digestOf, randomContent, RandomNumbers, readContent, writeInPieces } from "./random_content.ts";

/** What each target does with its stream; after its name it has a seed and a length. */
const SERVICES: Readonly<Record<string, (stream: MuxStream, seed: number, length: number) => Promise<void>>> =
  {
    /** Answers with the digest of all it has read. */
    async digest(stream, seed) {
      const digest = digestOf(await readContent(stream, new RandomNumbers(seed)));
      await stream.write(new TextEncoder().encode(JSON.stringify(digest)));
      await stream.closeWrite();
    },
    async mirror(stream) {
      for (let bytes = await stream.read(); bytes !== null; bytes = await stream.read()) {
        await stream.write(bytes);
      }
      await stream.closeWrite();
    },
    /** Sends, ends its direction, and then reads. */
    async source(stream, seed, length) {
      await send(stream, seed, length);
      await stream.closeWrite();
      while (await stream.read() !== null);
    },
    async close(stream, seed, length) {
      await send(stream, seed, length);
      stream.close();
    },
    async reset(stream, seed, length) {
      await send(stream, seed, length);
      stream.reset(`${seed}`);
    },
    /** Never reads. */
    stall: async () => {},
    /** Opens a stream to the host's end, and answers with the digest of what came back. */
    async call(stream, seed, length) {
      using called = session.open("mirror");
      const [digest] = await Promise.all([
        readContent(called, new RandomNumbers(seed + 1)).then(digestOf),
        send(called, seed, length).then(() => called.closeWrite()),
      ]);
      await stream.write(new TextEncoder().encode(JSON.stringify(digest)));
      await stream.closeWrite();
    },
  };

const session = openMuxSession(await openStdioDuplex(), { role: "agent", accept: serve, log: NO_LOG });
await session.closed;
Deno.exit(0);

function serve(incoming: IncomingStream): void {
  const [name = "", seed, length] = incoming.target.split(":");
  const service = SERVICES[name];
  if (service === undefined) return incoming.refuse(`no service ${incoming.target}`);
  // A stream that its opener ends makes the service fail, which the opener expects.
  service(incoming.accept(), Number(seed), Number(length)).catch(() => {});
}

function send(stream: MuxStream, seed: number, length: number): Promise<void> {
  return writeInPieces(stream, randomContent(seed, length), new RandomNumbers(seed + 2));
}
