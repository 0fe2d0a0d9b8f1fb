import assert from "node:assert/strict";
import { IMAGE_FILES, type ImageRecord, readImageRecord, writeImageRecord } from "./image_record.ts";

const SHA256 = "0".repeat(64);
const RECORD: ImageRecord = {
  key: "key",
  rootfs: { sha256: SHA256, bytes: 3 },
  dataRootfs: { sha256: SHA256, bytes: 2 },
  differences: [],
};

async function makeImage() {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/${IMAGE_FILES.rootfs}`, "abc");
  await Deno.writeTextFile(`${folder}/${IMAGE_FILES.dataRootfs}`, "de");
  await writeImageRecord(folder, RECORD);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("readImageRecord() returns what writeImageRecord() wrote", async () => {
  await using image = await makeImage();
  assert.deepEqual(await readImageRecord(image.folder), RECORD);
});

Deno.test("readImageRecord() returns nothing when an archive is cut short, missing or unrecorded", async () => {
  await using image = await makeImage();
  const { folder } = image;
  await Deno.writeTextFile(`${folder}/${IMAGE_FILES.rootfs}`, "ab");
  assert.equal(await readImageRecord(folder), undefined);
  await Deno.remove(`${folder}/${IMAGE_FILES.rootfs}`);
  assert.equal(await readImageRecord(folder), undefined);
  await Deno.remove(`${folder}/${IMAGE_FILES.record}`);
  assert.equal(await readImageRecord(folder), undefined);
});
