import assert from "node:assert/strict";
import { buildImage } from "../../distro/build_image.ts";
import { type ImageRecord, readImageRecord } from "../../distro/image_record.ts";
import { cachePath } from "../support/repository.ts";

/** The image of a cache folder, built there if it is not. */
async function imageIn(cacheDirectory: string): Promise<ImageRecord> {
  await buildImage({ release: false, cacheDirectory });
  const record = await readImageRecord(`${cacheDirectory}/image`);
  assert.ok(record);
  return record;
}

Deno.test("buildImage() gives the same bytes a second time, elsewhere", async () => {
  const first = await imageIn(cachePath());
  const elsewhere = await Deno.makeTempDir({ prefix: "windlass-image-test-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(elsewhere, { recursive: true }));
  await Deno.symlink(cachePath("packages"), `${elsewhere}/packages`);
  const second = await imageIn(elsewhere);
  assert.deepEqual(second, first);
});

Deno.test("buildImage() does nothing when nothing changed", async () => {
  await imageIn(cachePath());
  const started = performance.now();
  const lines: string[] = [];
  await buildImage({ release: false, cacheDirectory: cachePath(), progress: (line) => lines.push(line) });
  const milliseconds = performance.now() - started;
  assert.ok(milliseconds < 1000, `it took ${milliseconds} ms`);
  assert.ok(
    lines.every((line) => /^(WARNING:| {2})/.test(line)),
    "at most what differs from the lock is said again",
  );
});
