import assert from "node:assert/strict";
import { buildSampleImages, busyboxTree } from "./sample_image.ts";
import { readTarEntries } from "./tar_reader.ts";

const PARTS = {
  busybox: new TextEncoder().encode("busybox"),
  applets: ["bin/busybox", "bin/sh", "linuxrc", "usr/bin/env"],
  hello: new TextEncoder().encode("#!/bin/sh\n"),
};

Deno.test("buildSampleImages() gives the same bytes for the same parts", () => {
  assert.deepEqual(buildSampleImages(PARTS), buildSampleImages(PARTS));
});

Deno.test("buildSampleImages() stores the layer that both images share once", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, buildSampleImages(PARTS));
    const entries = await Array.fromAsync(readTarEntries(path));
    const files = entries.filter((entry) => entry.type === "file").map((entry) => entry.path);
    assert.equal(files.length, 5, "two layers, two configurations, one manifest");
    assert.equal(files.at(-1), "manifest.json");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("busyboxTree() links every applet to the program by a relative path", () => {
  const links = busyboxTree(PARTS.busybox, PARTS.applets).filter((entry) => entry.type === "symlink");
  assert.deepEqual(links.map(({ path, linkTarget }) => [path, linkTarget]), [
    ["bin/sh", "busybox"],
    ["linuxrc", "bin/busybox"],
    ["usr/bin/env", "../../bin/busybox"],
  ]);
});
