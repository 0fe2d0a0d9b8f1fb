import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { joinBytes, nameOf, type SampleDelta, sampleDelta } from "../../../tests/fakes/sample_delta.ts";
import { openTemporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { applyDelta } from "./apply_delta.ts";
import { openFrameSink, openRawSink } from "./content_sink.ts";
import { DeltaError, PIECE_BYTES } from "./delta_rules.ts";

/** Longer than a piece of the output, and than what is read at once. */
const BASE = new Uint8Array(2_500_000).map((_, place) => place * 7 + (place >> 8));
const NEW = new TextEncoder().encode("new bytes");
const ADDED = BASE.slice(1_000_000, 1_200_000).map((byte, place) => byte + place % 3);
const RESULT = joinBytes([BASE.subarray(100_000), NEW, ADDED, NEW, BASE.subarray(0, 5)]);
const SAMPLE: SampleDelta = {
  base: BASE,
  result: RESULT,
  operations: [
    { kind: "copy", offset: 100_000, length: BASE.length - 100_000 },
    { kind: "insert", length: NEW.length },
    { kind: "add", offset: 1_000_000, length: ADDED.length },
    { kind: "insert", length: NEW.length },
    { kind: "copy", offset: 0, length: 5 },
  ],
  differences: new Uint8Array(ADDED.length).map((_, place) => place % 3),
  insertions: joinBytes([NEW, NEW]),
};

Deno.test("applyDelta() makes the result out of copies, additions and insertions", async () => {
  await using trial = await openTrial(SAMPLE);
  const reported: number[] = [];
  await trial.apply({ progress: (bytes) => reported.push(bytes) });
  assert.ok((await trial.written()).equals(RESULT));
  assert.equal(reported.length, Math.floor(RESULT.length / PIECE_BYTES));
});

Deno.test("applyDelta() compresses its result on the way and says what it has written", async () => {
  await using trial = await openTrial(SAMPLE);
  {
    await using sink = await openFrameSink(trial.target);
    await trial.apply({ sink });
    const frame = await Deno.readFile(trial.target);
    const { id, length } = nameOf(frame);
    assert.deepEqual(sink.stored(), { storedDigest: id, storedLength: length });
  }
  assert.ok(zstdDecompressSync(await trial.written()).equals(RESULT));
});

const [COPY, INSERT, ADD] = SAMPLE.operations as [typeof SAMPLE.operations[0], ...typeof SAMPLE.operations];
const REFUSED: readonly [string, Partial<SampleDelta>, string][] = [
  ["one whose base has other bytes", {
    operations: [COPY, INSERT!, ADD!, INSERT!, { kind: "copy", offset: 1, length: 5 }],
  }, "its result is wrong"],
  [
    "a place behind its base",
    { operations: [{ kind: "copy", offset: BASE.length - 4, length: 5 }] },
    "it reads outside of its base",
  ],
  [
    "a place before its base",
    { operations: [{ kind: "add", offset: -1, length: 5 }] },
    "it reads outside of its base",
  ],
  ["a result that is too long", {
    operations: [...SAMPLE.operations, { kind: "copy", offset: 0, length: 1 }],
  }, "its result is too long"],
  ["a result that is too short", { operations: SAMPLE.operations.slice(0, 4) }, "its result is too short"],
  [
    "a result of some terabytes",
    { operations: [{ kind: "insert", length: 2 ** 42 }] },
    "its result is too long",
  ],
  ["insertions that are cut short", { insertions: NEW }, "its insertions are cut short"],
  [
    "insertions that are left over",
    { insertions: joinBytes([NEW, NEW, NEW]) },
    "its insertions are not fully used",
  ],
  ["differences that are cut short", { differences: new Uint8Array(5) }, "its differences are cut short"],
  [
    "a part that is longer than the header says",
    { differencesFrame: zeros(1024 ** 2) },
    "its differences are longer than its header says",
  ],
  [
    "a part that is shorter than the header says",
    { differencesFrame: zeros(5) },
    "its differences are cut short",
  ],
  ["a part that is damaged", { differencesFrame: new Uint8Array(40) }, "its differences are damaged"],
  [
    "a part that needs a window of 16 MiB",
    { differencesFrame: largeWindow() },
    "its differences are damaged",
  ],
  ["another base", { header: (header) => ({ ...header, base: header.result }) }, "it is for another base"],
  ["another result", {
    header: (header) => ({ ...header, result: { ...header.result, id: header.base.id } }),
  }, "it is for another result"],
  ["a result of another length", {
    header: (header) => ({ ...header, result: { ...header.result, length: RESULT.length + 1 } }),
  }, "it is for another result"],
];

for (const [what, change, state] of REFUSED) {
  Deno.test(`applyDelta() refuses ${what}`, async () => {
    await using trial = await openTrial({ ...SAMPLE, ...change });
    await assert.rejects(trial.apply(), (error) => {
      assert.ok(error instanceof DeltaError, String(error));
      assert.equal(error.message, `Cannot apply the delta: ${state}`);
      return true;
    });
  });
}

Deno.test("applyDelta() refuses a base that has changed since it was named", async () => {
  await using trial = await openTrial(SAMPLE);
  await Deno.writeFile(trial.base, BASE.map((byte, place) => place === 2_000_000 ? byte ^ 1 : byte));
  await assert.rejects(trial.apply(), new DeltaError("its result is wrong"));
  await Deno.truncate(trial.base, 1_000_000);
  await assert.rejects(trial.apply(), new DeltaError("its base is cut short"));
});

Deno.test("applyDelta() ends with the signal's reason", async () => {
  await using trial = await openTrial(SAMPLE);
  const reason = new Error("enough");
  await assert.rejects(trial.apply({ signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("applyDelta() fails with what its sink fails with", async () => {
  await using trial = await openTrial(SAMPLE);
  const full = new Error("the disk is full");
  const sink = {
    write: () => Promise.reject(full),
    finish: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  await assert.rejects(trial.apply({ sink }), full);
});

function zeros(length: number): Uint8Array {
  return new Uint8Array(zstdCompressSync(new Uint8Array(length)));
}

/** A frame that begins like one of zeros, but asks for a window of 16 MiB (RFC 8878, 3.1.1.1.2). */
function largeWindow(): Uint8Array {
  return new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, (24 - 10) << 3, 0x03, 0x00, 0x00, 0x00]);
}

async function openTrial(sample: SampleDelta) {
  const folder = await openTemporaryFolder("windlass-apply");
  const [delta, base, target] = ["delta", "base", "target"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await Deno.writeFile(delta, sampleDelta(sample));
  await Deno.writeFile(base, BASE);
  const common = { delta, base, from: nameOf(BASE).id, result: nameOf(RESULT), signal: AbortSignal.any([]) };
  return {
    base,
    target,
    written: () => Deno.readFile(target).then((bytes) => Buffer.from(bytes)),
    apply: async (options: Partial<Parameters<typeof applyDelta>[0]> = {}) => {
      if (options.sink) return await applyDelta({ ...common, ...options, sink: options.sink });
      await Deno.remove(target).catch(() => {});
      await using sink = await openRawSink(target);
      await applyDelta({ ...common, ...options, sink });
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
