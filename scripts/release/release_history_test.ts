import assert from "node:assert/strict";
import type { ReleaseComponent, ReleaseDocument } from "../../src/update/release/release_document.ts";
import { allBlobs, updateBlobs } from "./release_blobs.ts";
import { deltaPairs } from "./release_deltas.ts";
import { newestOfEach } from "./release_history.ts";

function component(name: string, id: string, length = 100_000): ReleaseComponent {
  const full = { sha256: `full-${id}`, length };
  return { name, id, length: 1, unpack: false, executable: false, full, deltas: [] };
}

function document(version: string, published: string): ReleaseDocument {
  return { version, published } as ReleaseDocument;
}

Deno.test("newestOfEach() puts what was published last first, and has each version once", () => {
  const first = document("1.0.0", "2026-01-01T00:00:00Z");
  const second = document("1.1.0", "2026-02-01T00:00:00Z");
  const back = document("1.0.0", "2026-03-01T00:00:00Z");
  assert.deepEqual(newestOfEach([first, second]), [second, first]);
  assert.deepEqual(newestOfEach([first, second, back]), [back, second]);
  assert.deepEqual(newestOfEach([]), []);
});

Deno.test("deltaPairs() leads from the components of five releases to those that have changed", () => {
  const history = [1, 2, 2, 3, 4, 5, 6].map((number) => ({
    components: [component("rootfs", `old-${number}`)],
  }));
  const to = component("rootfs", "new");
  assert.deepEqual(
    deltaPairs([to], history).map(({ from, to }) => [from.id, to.id]),
    [["old-1", "new"], ["old-2", "new"], ["old-3", "new"], ["old-4", "new"]],
  );
  assert.deepEqual(deltaPairs([component("rootfs", "old-1")], history.slice(0, 1)), [], "the same content");
  assert.deepEqual(deltaPairs([component("deno", "new")], history), [], "another component");
  assert.deepEqual(
    deltaPairs([component("rootfs", "new", 64 * 1024 - 1)], history),
    [],
    "too small to matter",
  );
  assert.deepEqual(deltaPairs([to], []), []);
});

Deno.test("updateBlobs() and allBlobs() name each blob once", () => {
  const delta = { from: "0123456789abcdef", sha256: "delta", length: 7, format: "bsdiff-tar-1" };
  const rootfs = { ...component("rootfs", "a"), deltas: [delta] };
  const twin = component("agent-runtime", "a"); // the same bytes under another name
  const release = {
    components: [rootfs, twin],
    executable: { sha256: "exe", length: 9 },
  } as unknown as ReleaseDocument;
  assert.deepEqual(updateBlobs(release), [
    { sha256: "full-a", length: 100_000, what: "component 'rootfs'", content: { id: "a", length: 1 } },
    { sha256: "delta", length: 7, what: "delta of 'rootfs' from 0123456789ab" },
  ]);
  assert.deepEqual(allBlobs(release).at(-1), { sha256: "exe", length: 9, what: "the executable" });
});
