import assert from "node:assert/strict";
import { installedFrom } from "./installed_from.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("installedFrom() finds the version of a release only if it is whole", async () => {
  const releases = new Map([["a", "one"], ["b", "two"], ["c", "two"]]);
  const store = {
    versions: () => Promise.resolve([...releases.keys()]),
    releaseOf: (id: string) => Promise.resolve(bytes(releases.get(id)!)),
    damaged: (id: string) => Promise.resolve(id === "b" ? ["rootfs"] : []),
  };
  assert.equal(await installedFrom(store, bytes("one")), "a");
  assert.equal(await installedFrom(store, bytes("two")), "c");
  assert.equal(await installedFrom(store, bytes("six")), undefined);
  releases.delete("c");
  assert.equal(await installedFrom(store, bytes("two")), undefined);
});
