import assert from "node:assert/strict";
import fc from "fast-check";
import { type Component, encodeFooter, encodeIndex, FOOTER_BYTES } from "./executable_codec.ts";
import {
  sampleExecutable,
  sampleWindowsStub,
  signSample,
  writeSample,
} from "../../tests/fakes/sample_executable.ts";
import { verifyExecutable } from "./verify_executable.ts";

const SAMPLE = sampleExecutable({
  deno: crypto.getRandomValues(new Uint8Array(3_000)),
  app: new TextEncoder().encode("1 + 1".repeat(50)),
  rootfs: new Uint8Array(9_000),
});
const INDEX_END = SAMPLE.bytes.length - FOOTER_BYTES;

function partAt(place: number): string {
  if (place >= INDEX_END) return "footer";
  const component = SAMPLE.components.find(({ offset, storedLength }) => place < offset + storedLength);
  return component?.name ?? "index";
}

Deno.test("verifyExecutable() finds nothing wrong with a sound executable, and reports its progress", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  const steps: [number, number][] = [];
  const problems = await verifyExecutable(file.path, { progress: (...step) => steps.push(step) });
  const total = INDEX_END - SAMPLE.components.length * 128;
  assert.deepEqual(problems, []);
  assert.deepEqual(steps.at(-1), [total, total]);
});

Deno.test("verifyExecutable() names the part of any flipped byte", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(SAMPLE.bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (place, change) => {
        const bytes = SAMPLE.bytes.slice();
        bytes[place]! ^= change;
        await using file = await writeSample(bytes);
        const problems = await verifyExecutable(file.path);
        assert.deepEqual(problems.map(({ part }) => part), [partAt(place)]);
      },
    ),
  );
});

Deno.test("verifyExecutable() finds every one of two damaged components", async () => {
  const bytes = SAMPLE.bytes.slice();
  bytes[0]! ^= 1;
  bytes[SAMPLE.components[2]!.offset + 20]! ^= 1;
  await using file = await writeSample(bytes);
  assert.deepEqual(await verifyExecutable(file.path), [
    { part: "stub", message: "Cannot trust component 'stub': its stored bytes are damaged" },
    { part: "app", message: "Cannot trust component 'app': its stored bytes are damaged" },
  ]);
});

Deno.test("verifyExecutable() finds an executable that was cut or that something was appended to", async () => {
  for (const bytes of [SAMPLE.bytes.subarray(0, -1), new Uint8Array([...SAMPLE.bytes, 0])]) {
    await using file = await writeSample(bytes);
    const message = `Cannot verify '${file.path}': its footer is missing`;
    assert.deepEqual(await verifyExecutable(file.path), [{ part: "footer", message }]);
  }
});

/** The sample with other words about a component in an index that is sound in itself. */
function withChanged(name: string, change: Partial<Component>, sample = SAMPLE): Uint8Array {
  const components = sample.components.map((part) => part.name === name ? { ...part, ...change } : part);
  const index = encodeIndex(components);
  const parts = sample.bytes.subarray(0, sample.bytes.length - FOOTER_BYTES - index.length);
  return new Uint8Array([...parts, ...index, ...encodeFooter(components, index)]);
}

Deno.test("verifyExecutable() finds content that is not the one of the id", async () => {
  const message = "Cannot trust component 'rootfs': its content does not match its id";
  for (const change of [{ id: "00".repeat(32) }, { rawLength: 10 }, { rawLength: 9_001 }]) {
    await using file = await writeSample(withChanged("rootfs", change));
    assert.deepEqual(await verifyExecutable(file.path), [{ part: "rootfs", message }]);
  }
});

Deno.test("verifyExecutable() finds content that is longer than the index says, however much is left of it", async () => {
  const sample = sampleExecutable({ rootfs: new Uint8Array(2_000_000) });
  const message = "Cannot trust component 'rootfs': its content does not match its id";
  for (const rawLength of [0, 10, 300_000, 1_999_999]) {
    await using file = await writeSample(withChanged("rootfs", { rawLength }, sample));
    assert.deepEqual(await verifyExecutable(file.path), [{ part: "rootfs", message }], `${rawLength}`);
  }
});

Deno.test("verifyExecutable() finds bytes that do not decompress though their hash is right", async () => {
  await using file = await writeSample(withChanged("stub", { stored: false }));
  const message = "Cannot trust component 'stub': its bytes do not decompress";
  assert.deepEqual(await verifyExecutable(file.path), [{ part: "stub", message }]);
});

Deno.test("verifyExecutable() stops with the reason of an aborted signal", async () => {
  await using file = await writeSample(SAMPLE.bytes);
  const reason = new DOMException("enough", "AbortError");
  await assert.rejects(verifyExecutable(file.path, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("verifyExecutable() finds nothing wrong with a signed Windows executable, however it was padded", async () => {
  for (let length = 1; length <= 8; length++) {
    const { bytes } = sampleExecutable(
      { app: crypto.getRandomValues(new Uint8Array(length)) },
      sampleWindowsStub(),
    );
    for (const content of [bytes, signSample(bytes)]) {
      await using file = await writeSample(content);
      assert.deepEqual(await verifyExecutable(file.path), [], `${length}`);
    }
  }
});

Deno.test("verifyExecutable() names the part of any flipped byte of a signed executable that a signature may not change", async () => {
  const sample = sampleExecutable({ app: new Uint8Array(100) }, sampleWindowsStub());
  const signed = signSample(sample.bytes);
  const stubLength = sample.components[0]!.storedLength;
  for (
    const [place, part] of [[400, "stub"], [stubLength, "app"], [sample.bytes.length - 1, "footer"]] as const
  ) {
    const bytes = signed.slice();
    bytes[place]! ^= 1;
    await using file = await writeSample(bytes);
    assert.deepEqual((await verifyExecutable(file.path)).map((problem) => problem.part), [part]);
  }
});

Deno.test("verifyExecutable() takes nothing but a few zeros between footer and signature", async () => {
  const { bytes } = sampleExecutable({ app: new Uint8Array(100) }, sampleWindowsStub());
  const filled = signSample(new Uint8Array([...bytes, 1]), 3);
  for (const content of [signSample(bytes, 8), filled, new Uint8Array([...signSample(bytes), 0])]) {
    await using file = await writeSample(content);
    assert.deepEqual((await verifyExecutable(file.path)).map((problem) => problem.part), ["footer"]);
  }
});
