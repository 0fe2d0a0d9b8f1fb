import assert from "node:assert/strict";
import { DeltaError, MAX_OPERATION_BYTES } from "./delta_rules.ts";
import {
  decodeDeltaHeader,
  DELTA_HEADER_BYTES,
  type DeltaHeader,
  encodeDeltaHeader,
} from "./delta_header.ts";

const HEADER: DeltaHeader = {
  base: { id: "ab".repeat(32), length: 5_000_000_000 },
  result: { id: "cd".repeat(32), length: 400 },
  parts: {
    operations: { stored: 10, raw: 20 },
    differences: { stored: 30, raw: 300 },
    insertions: { stored: 50, raw: 100 },
  },
};
const FILE_LENGTH = DELTA_HEADER_BYTES + 90;

Deno.test("decodeDeltaHeader() reads what encodeDeltaHeader() has written", () => {
  assert.deepEqual(decodeDeltaHeader(encodeDeltaHeader(HEADER), FILE_LENGTH), HEADER);
});

const REFUSED: readonly [string, (bytes: Uint8Array, view: DataView) => void, number, string][] = [
  ["another magic", (bytes) => bytes[0] = 0, FILE_LENGTH, "it is not a delta"],
  ["another version", (_, view) => view.setUint32(8, 2, true), FILE_LENGTH, "its format version is not 1"],
  ["bits that have no meaning", (bytes) => bytes[12] = 1, FILE_LENGTH, "its format version is not 1"],
  ["a file cut short", () => {}, FILE_LENGTH - 1, "its lengths are not those of its file"],
  ["bytes behind the last part", () => {}, FILE_LENGTH + 1, "its lengths are not those of its file"],
  [
    "a length beyond 2^53",
    (_, view) => view.setBigUint64(80, 2n ** 53n, true),
    FILE_LENGTH,
    "its lengths are out of range",
  ],
  [
    "more differences than the result has bytes",
    (_, view) => view.setBigUint64(128, 301n, true),
    FILE_LENGTH,
    "its parts are longer than its result allows",
  ],
  [
    "operations beyond the limit",
    (_, view) => view.setBigUint64(120, BigInt(MAX_OPERATION_BYTES + 1), true),
    FILE_LENGTH,
    "its parts are longer than its result allows",
  ],
];

for (const [what, change, fileLength, state] of REFUSED) {
  Deno.test(`decodeDeltaHeader() refuses ${what}`, () => {
    const bytes = encodeDeltaHeader(HEADER);
    change(bytes, new DataView(bytes.buffer));
    assert.throws(() => decodeDeltaHeader(bytes, fileLength), new DeltaError(state));
  });
}

Deno.test("decodeDeltaHeader() refuses less than a header", () => {
  const bytes = encodeDeltaHeader(HEADER).subarray(1);
  assert.throws(
    () => decodeDeltaHeader(bytes, bytes.length),
    new DeltaError("it is shorter than its header"),
  );
});
