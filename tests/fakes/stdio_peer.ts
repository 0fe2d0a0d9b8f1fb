/** Uses its stdin and stdout as one stream, for what its word says. Reports on stderr, as JSON. */
import type { Duplex } from "../../src/streams/duplex.ts";
import { openStdioDuplex } from "../../src/streams/stdio_duplex.ts";

/** More than a pipe holds. */
const MANY_BYTES = 1024 * 1024;

const SCENARIOS: Readonly<Record<string, (link: Duplex) => Promise<unknown>>> = {
  async copy(link) {
    for (let bytes = await link.read(); bytes !== null; bytes = await link.read()) await link.write(bytes);
    await link.closeWrite();
    return await link.read();
  },
  /** Ends its direction, and then reads. */
  async count(link) {
    await link.closeWrite();
    await link.closeWrite();
    let length = 0;
    for (let bytes = await link.read(); bytes !== null; bytes = await link.read()) length += bytes.length;
    return [length, await failureOf(link.write(Uint8Array.of(1)))];
  },
  async close(link) {
    const [read, write] = [link.read(), failureOf(link.write(new Uint8Array(MANY_BYTES)))];
    setTimeout(() => link.close(), 10);
    const settled = [await read, await write];
    link.close();
    return [...settled, await link.read(), await failureOf(link.write(Uint8Array.of(1)))];
  },
  /** Writes until nobody reads any more. */
  async flood(link) {
    for (;;) {
      const failure = await failureOf(link.write(new Uint8Array(MANY_BYTES)));
      if (failure !== "none") return failure;
    }
  },
};

function failureOf(writing: Promise<void>): Promise<string> {
  return writing.then(() => "none", () => "failed");
}

using link = await openStdioDuplex();
const result = await SCENARIOS[Deno.args[0]!]!(link);
await Deno.stderr.write(new TextEncoder().encode(JSON.stringify(result)));
Deno.exit(0);
