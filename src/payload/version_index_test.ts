import assert from "node:assert/strict";
import { sampleExecutable } from "../../tests/fakes/sample_executable.ts";
import type { Component } from "./executable_codec.ts";
import { decodeVersionIndex, encodeVersionIndex } from "./version_index.ts";

const DAMAGED = { name: "ExecutableFormatError", message: "Cannot read the index: its index is damaged" };

/** Components as a version has them: no stub, no places, unpacked ones as they are. */
const COMPONENTS = sampleExecutable({ deno: new Uint8Array(90), rootfs: new Uint8Array(900) }).components
  .slice(1).map((component) => ({
    ...component,
    offset: 0,
    ...component.unpack ? { storedDigest: component.id, storedLength: component.rawLength } : {},
  }));

Deno.test("decodeVersionIndex() reads what encodeVersionIndex() has written", () => {
  const bytes = encodeVersionIndex(COMPONENTS);
  assert.equal(bytes.length, 2 * 128 + 96);
  assert.deepEqual(decodeVersionIndex(bytes), COMPONENTS);
});

Deno.test("encodeVersionIndex() leaves out where components stand", () => {
  const elsewhere = COMPONENTS.map((component, place) => ({ ...component, offset: 64 * place }));
  assert.deepEqual(encodeVersionIndex(elsewhere), encodeVersionIndex(COMPONENTS));
});

Deno.test("encodeVersionIndex() refuses what is not a component of a version", () => {
  const [deno, rootfs] = COMPONENTS as [Component, Component];
  for (
    const components of [
      [{ ...deno, stored: true }],
      [{ ...deno, storedDigest: rootfs.id }],
      [{ ...deno, storedLength: 1 }],
      [{ ...deno, name: "../deno" }],
      [deno, { ...rootfs, name: "deno" }],
    ]
  ) assert.throws(() => encodeVersionIndex(components), DAMAGED);
});

Deno.test("decodeVersionIndex() refuses any flipped byte, and any part of a file", () => {
  const bytes = encodeVersionIndex(COMPONENTS);
  for (let place = 0; place < bytes.length; place++) {
    const flipped = bytes.slice();
    flipped[place]! ^= 1;
    assert.throws(() => decodeVersionIndex(flipped), { name: "ExecutableFormatError" }, `${place}`);
    assert.throws(() => decodeVersionIndex(bytes.subarray(0, place)), { name: "ExecutableFormatError" });
  }
});
