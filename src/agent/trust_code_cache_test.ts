import assert from "node:assert/strict";
import { trustCodeCache } from "./trust_code_cache.ts";

Deno.test("trustCodeCache() removes the mark of an untested cache, and does without one", async () => {
  const folder = await Deno.makeTempDir();
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const path = `${folder}/untested`;
  await Deno.writeTextFile(path, "");
  trustCodeCache(path);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  trustCodeCache(path);
  trustCodeCache(`${folder}/missing/untested`);
});
