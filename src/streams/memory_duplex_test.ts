import { deepEqual, equal, rejects } from "node:assert/strict";
import { createMemoryDuplexPair } from "./memory_duplex.ts";

Deno.test("createMemoryDuplexPair() lets a write wait for its read", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  let done = false;
  const written = ours.write(Uint8Array.of(1)).then(() => done = true);
  await Promise.resolve();
  equal(done, false);
  deepEqual(await theirs.read(), Uint8Array.of(1));
  await written;
});

Deno.test("MemoryDuplex.closeWrite() leaves the other direction open, close() does not", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  await ours.closeWrite();
  equal(await theirs.read(), null);
  const written = theirs.write(Uint8Array.of(2));
  deepEqual(await ours.read(), Uint8Array.of(2));
  await written;
  ours.close();
  ours.close();
  equal(await ours.read(), null);
  await rejects(theirs.write(Uint8Array.of(3)), Deno.errors.BrokenPipe);
});
