import assert from "node:assert/strict";
import { buildImage } from "../../../distro/build_image.ts";
import { checkImage } from "../../../distro/check_image.ts";
import { WindlassError } from "../../../src/errors/windlass_error.ts";
import { cachePath } from "../../support/repository.ts";

Deno.test("checkImage() accepts the engine distro and runs what is inside", async () => {
  const { rootfsTar } = await buildImage({ release: false, cacheDirectory: cachePath() });
  const report = await checkImage(rootfsTar, "engine");
  assert.match(report.versions["docker"] ?? "", /^Docker version 28\.5\./);
  assert.match(report.versions["docker buildx"] ?? "", /^github\.com\/docker\/buildx /);
});

Deno.test("checkImage() accepts the data distro", async () => {
  const { dataRootfsTar } = await buildImage({ release: false, cacheDirectory: cachePath() });
  const report = await checkImage(dataRootfsTar, "data");
  assert.ok(report.bytes < 4_000_000);
});

Deno.test("checkImage() refuses the one distro as the other, and names what is wrong", async () => {
  const { dataRootfsTar } = await buildImage({ release: false, cacheDirectory: cachePath() });
  const error = await checkImage(dataRootfsTar, "engine").catch((failure: unknown) => failure);
  assert.ok(error instanceof WindlassError);
  assert.equal(error.code, "WL_IMAGE_CHECK_FAILED");
  assert.match(error.message, /^Cannot accept the image '.*data-rootfs\.tar': \d+ problems:\n/);
  assert.match(error.message, /^usr\/sbin\/dockerd: is missing$/m);
});
