import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import { watchedLink } from "./watched_link.ts";

Deno.test("watchedLink() keeps the first bytes and passes all of them on", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const { link, head, readToEnd } = watchedLink(ours, 4);
  for (const bytes of [[1, 2, 3], [4, 5]]) {
    const [read] = await Promise.all([link.read(), theirs.write(new Uint8Array(bytes))]);
    assert.deepEqual([...read ?? []], bytes);
  }
  await theirs.closeWrite();
  assert.equal(await link.read(), null);
  await readToEnd;
  assert.deepEqual([...head()], [1, 2, 3, 4]);
});

Deno.test("watchedLink() has been read to its end once it is closed", async () => {
  const [ours] = createMemoryDuplexPair();
  const { link, readToEnd } = watchedLink(ours, 4);
  link.close();
  await readToEnd;
});
