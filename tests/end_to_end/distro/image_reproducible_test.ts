import assert from "node:assert/strict";
import { buildImage } from "../../../distro/build_image.ts";
import { type ImageRecord, readImageRecord } from "../../../distro/image_record.ts";
import { cachePath } from "../../support/repository.ts";

/** A build that has nothing to do takes at most this part of one from the packages; a hundredth was measured. */
const PART_OF_A_BUILD = 1 / 20;

/** Milliseconds of the build from the packages; on a busy machine, both kinds take longer. */
let buildMilliseconds = Infinity;
/** Builds that have nothing to do, of which the quickest counts: one may wait for another test's turn at the cache. */
const BUILDS = 5;

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
  const started = performance.now();
  const second = await imageIn(elsewhere);
  buildMilliseconds = performance.now() - started;
  assert.deepEqual(second, first);
});

Deno.test("buildImage() does nothing when nothing changed", async () => {
  await imageIn(cachePath());
  const lines: string[] = [];
  const limit = buildMilliseconds * PART_OF_A_BUILD;
  let quickest = Infinity;
  for (let build = 0; build < BUILDS && quickest >= limit; build++) {
    const started = performance.now();
    await buildImage({ release: false, cacheDirectory: cachePath(), progress: (line) => lines.push(line) });
    quickest = Math.min(quickest, performance.now() - started);
  }
  assert.ok(quickest < limit, `${quickest} of ${buildMilliseconds} ms`);
  const said = lines.filter((line) => line !== "Waiting for another build of the image");
  assert.ok(
    said.every((line) => /^(WARNING:| {2})/.test(line)),
    `at most what differs from the lock is said again: ${said.join("; ")}`,
  );
});
