import assert from "node:assert/strict";
import { blobPath, isChannelPath, metadataPath, releasePath, releaseTarget } from "./channel_path.ts";

const SHA256 = "ab".repeat(32);

Deno.test("blobPath() and releasePath() are where a channel has them", () => {
  assert.equal(blobPath(SHA256), `blobs/sha256/ab/${SHA256}`);
  assert.equal(
    releasePath(releaseTarget("stable.linux-x64"), SHA256),
    `targets/${SHA256}.stable.linux-x64.json`,
  );
  assert.equal(metadataPath("12.root.json"), "metadata/12.root.json");
});

for (const sha256 of ["", "..", `../${SHA256}`, SHA256.toUpperCase(), `${SHA256}/..`, SHA256.slice(1)]) {
  Deno.test(`blobPath() refuses '${sha256.slice(0, 20)}'`, () => {
    assert.throws(() => blobPath(sha256), {
      code: "WL_UPDATE_BLOB_INVALID",
      message: `Cannot fetch '${sha256}': that is not a SHA-256`,
    });
  });
}

for (
  const name of ["", "stable", "../stable.linux-x64", "stable.linux-x64/..", "a.b-c\n", "Stable.linux-x64"]
) {
  Deno.test(`releaseTarget() refuses ${JSON.stringify(name)}`, () => {
    assert.throws(() => releaseTarget(name), {
      code: "WL_UPDATE_NO_RELEASE",
      message: `Cannot look for a release: '${name}' is not the name of one`,
    });
  });
}

Deno.test("metadataPath() knows the four kinds and no delegated role", () => {
  for (const name of ["timestamp.json", "1.root.json", "9.snapshot.json", "4.targets.json"]) {
    assert.equal(metadataPath(name), `metadata/${name}`);
  }
  for (const name of ["root.json", "0.root.json", "1.evil.json", "..%2F1.root.json", "../1.root.json", ""]) {
    assert.equal(metadataPath(name), null, name);
  }
});

Deno.test("isChannelPath() lets nothing out of the folder", () => {
  assert.ok(isChannelPath("metadata/timestamp.json"));
  for (
    const path of [
      "",
      "/x",
      "x/",
      "x//y",
      "../x",
      "x/../y",
      ".",
      "x/.",
      "x\\..\\y",
      "C:",
      "C:/x",
      "x\0",
      "nul.",
      "-x",
    ]
  ) assert.equal(isChannelPath(path), false, path);
});
