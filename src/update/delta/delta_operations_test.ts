import assert from "node:assert/strict";
import fc from "fast-check";
import { DeltaError } from "./delta_rules.ts";
import { type DeltaOperation, OperationDecoder, OperationEncoder } from "./delta_operations.ts";

const length = fc.integer({ min: 1, max: 2 ** 31 });
const operation: fc.Arbitrary<DeltaOperation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("copy" as const, "add" as const),
    offset: fc.integer({ min: 0, max: 2 ** 50 }),
    length,
  }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant("insert" as const), length }, { noNullPrototype: true }),
);

Deno.test("OperationDecoder reads what OperationEncoder has written, in pieces of any size", () => {
  fc.assert(fc.property(fc.array(operation), fc.integer({ min: 1, max: 20 }), (operations, pieceBytes) => {
    const bytes = encode(operations);
    assert.deepEqual(decode(bytes, pieceBytes), operations);
  }));
});

Deno.test("OperationDecoder refuses a length of 0, a kind that does not exist and numbers without an end", () => {
  for (const bytes of [[0], [2], [7], Array(9).fill(0xff), [...Array(7).fill(0xff), 0x7f]]) {
    assert.throws(() => decode(new Uint8Array(bytes), 1), new DeltaError("an operation is damaged"));
  }
});

Deno.test("OperationDecoder refuses operations that are cut short", () => {
  const bytes = encode([{ kind: "copy", offset: 300, length: 300 }]);
  assert.equal(bytes.length, 4);
  for (const end of [1, 2, 3]) {
    const cut = () => decode(bytes.subarray(0, end), 4);
    assert.throws(cut, new DeltaError("its last operation is cut short"));
  }
});

function encode(operations: readonly DeltaOperation[]): Uint8Array {
  const encoder = new OperationEncoder();
  for (const one of operations) encoder.push(one);
  return encoder.bytes();
}

function decode(bytes: Uint8Array, pieceBytes: number): DeltaOperation[] {
  const decoder = new OperationDecoder();
  const operations: DeltaOperation[] = [];
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    operations.push(...decoder.read(bytes.subarray(start, start + pieceBytes)));
  }
  decoder.end();
  return operations;
}
