import assert from "node:assert/strict";
import { computeStamp } from "./input_stamp.ts";

async function makeSources(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "windlass-stamp-" });
  await Deno.mkdir(`${path}/a/b`, { recursive: true });
  await Deno.writeTextFile(`${path}/a/b/one.ts`, "1");
  await Deno.writeTextFile(`${path}/a/two.ts`, "2");
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const stamp = (path: string, words = ["daily"]) =>
  computeStamp({ words, sources: [path], files: [`${path}/big`] });

Deno.test("computeStamp() is the same for the same sources, wherever they are", async () => {
  await using first = await makeSources();
  await using second = await makeSources();
  assert.equal(await stamp(first.path), await stamp(second.path));
});

Deno.test("computeStamp() changes with a word, a source's text or name, and a large file", async () => {
  await using folder = await makeSources();
  const stamps = [await stamp(folder.path), await stamp(folder.path, ["release"])];
  await Deno.writeTextFile(`${folder.path}/a/two.ts`, "3");
  stamps.push(await stamp(folder.path));
  await Deno.rename(`${folder.path}/a/two.ts`, `${folder.path}/a/three.ts`);
  stamps.push(await stamp(folder.path));
  await Deno.writeTextFile(`${folder.path}/big`, "");
  stamps.push(
    await computeStamp({ words: ["daily"], sources: [`${folder.path}/a`], files: [`${folder.path}/big`] }),
  );
  assert.equal(new Set(stamps).size, stamps.length);
});

Deno.test("computeStamp() does not look at tests", async () => {
  await using folder = await makeSources();
  const before = await stamp(folder.path);
  await Deno.writeTextFile(`${folder.path}/a/two_test.ts`, "");
  assert.equal(await stamp(folder.path), before);
});
