/** One service of the mux peer on bare stdin and stdout: what a benchmark compares the mux with. */
import type { Duplex } from "../../src/streams/duplex.ts";
import { openStdioDuplex } from "../../src/streams/stdio_duplex.ts";
import { NEVER } from "../../src/timing/sleep.ts";
import { servePeerStream } from "./mux_peer_services.ts";

const stdio: Duplex = await openStdioDuplex();
const ended = Promise.withResolvers<void>();
const stream = Object.assign(stdio, {
  id: 0,
  target: Deno.args[0]!,
  gone: NEVER,
  reset: () => stdio.close(),
  closeWrite: () => Promise.resolve(ended.resolve()),
});
servePeerStream({
  id: stream.id,
  target: stream.target,
  accept: () => stream,
  refuse: () => ended.resolve(),
});
await ended.promise;
Deno.exit(0);
