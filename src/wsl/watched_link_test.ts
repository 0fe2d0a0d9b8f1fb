import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { watchedLink } from "./watched_link.ts";

Deno.test("watchedLink() keeps the first bytes and passes all of them on", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const { link, head, headComplete } = watchedLink(ours, 4);
  for (const bytes of [[1, 2, 3], [4, 5], [6]]) {
    const [read] = await Promise.all([link.read(), theirs.write(new Uint8Array(bytes))]);
    assert.deepEqual([...read ?? []], bytes);
  }
  await headComplete;
  await theirs.closeWrite();
  assert.equal(await link.read(), null);
  assert.deepEqual([...head()], [1, 2, 3, 4]);
});

Deno.test("watchedLink() has a complete head at the end of a short link", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const { link, head, headComplete } = watchedLink(ours, 4);
  await Promise.all([link.read(), theirs.write(Uint8Array.of(1))]);
  await theirs.closeWrite();
  assert.equal(await link.read(), null);
  await headComplete;
  assert.deepEqual([...head()], [1]);
});

Deno.test("watchedLink() has a complete head once it is closed", async () => {
  const [ours] = createMemoryDuplexPair();
  const { link, headComplete } = watchedLink(ours, 4);
  link.close();
  await headComplete;
});
