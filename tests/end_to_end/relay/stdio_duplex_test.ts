import { deepEqual, equal } from "node:assert/strict";
import { openChildPipes } from "../../../src/platform/child_pipes.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";

const PEER = new URL("../../fakes/stdio_peer.ts", import.meta.url).pathname;
const MANY_BYTES = 8 * 1024 * 1024;

interface Peer {
  readonly link: Duplex;
  /** What it reports once it has ended. */
  report(): Promise<unknown>;
}

function start(scenario: string): Peer {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", PEER, scenario],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = child.stderr.text();
  return {
    link: openChildPipes(child).link,
    report: async () => {
      equal((await child.status).code, 0, await stderr);
      return JSON.parse(await stderr);
    },
  };
}

Deno.test("openStdioDuplex() carries more than the pipes hold, unchanged, both ways at once", async () => {
  const { link, report } = start("copy");
  using _closed = link;
  const bytes = new Uint8Array(MANY_BYTES);
  for (let at = 0; at < MANY_BYTES; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reading = (async () => {
    for (let read = await link.read(); read !== null; read = await link.read()) pieces.push(read.slice());
  })();
  await link.write(bytes);
  await link.closeWrite();
  await reading;
  deepEqual(new Uint8Array(await new Blob(pieces).arrayBuffer()), bytes);
  deepEqual(await report(), null);
});

Deno.test("openStdioDuplex() reads to the end after closeWrite(), which may be repeated", async () => {
  const { link, report } = start("count");
  using _closed = link;
  await link.write(new Uint8Array(100_000));
  await link.closeWrite();
  deepEqual(await report(), [100_000, "failed"]);
  equal(await link.read(), null);
});

Deno.test("openStdioDuplex() ends a pending read and a pending write at close()", async () => {
  const { link, report } = start("close");
  using _closed = link;
  deepEqual(await report(), [null, "failed", null, "failed"]);
});

Deno.test("openStdioDuplex() fails to write what nobody can read", async () => {
  const { link, report } = start("flood");
  await link.read();
  link.close();
  deepEqual(await report(), "failed");
});
