import assert from "node:assert/strict";
import fc from "fast-check";
import { LineSplitter } from "./line_splitter.ts";

const BYTES = new TextEncoder().encode("one\n\nzwei ü€😀\r\nthree\nrest");
const LINES = ["one", "", "zwei ü€😀", "three"];

Deno.test("LineSplitter yields the same lines wherever the bytes are cut", () => {
  for (let first = 0; first <= BYTES.length; first++) {
    for (let second = first; second <= BYTES.length; second++) {
      const splitter = new LineSplitter(100);
      const lines = [BYTES.subarray(0, first), BYTES.subarray(first, second), BYTES.subarray(second)]
        .flatMap((bytes) => splitter.push(bytes));
      assert.deepEqual([...lines, splitter.finish()], [...LINES, "rest"]);
    }
  }
});

Deno.test("LineSplitter keeps its own copy when the bytes are only lent", () => {
  const splitter = new LineSplitter(100);
  const lent = new TextEncoder().encode("abc");
  splitter.push(lent);
  lent.fill(0);
  assert.deepEqual(splitter.push(new TextEncoder().encode("\n")), ["abc"]);
});

Deno.test("LineSplitter cuts a line at the maximum and continues with the next one", () => {
  const splitter = new LineSplitter(4);
  const lines = ["ab", "cdef", "gh\nij", "\n"].flatMap((text) =>
    splitter.push(new TextEncoder().encode(text))
  );
  assert.deepEqual(lines, ["abcd", "ij"]);
  assert.equal(splitter.finish(), undefined);
});

/** Counts the bytes that are copied from one array into another. */
class CopyCount implements Disposable {
  bytes = 0;

  constructor() {
    const { set } = Uint8Array.prototype;
    const count = (length: number) => this.bytes += length;
    Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
      count(source.length);
      set.call(this, source, offset);
    };
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(Uint8Array.prototype, "set");
  }
}

Deno.test("LineSplitter drops what is beyond the maximum without copying it, and little of a line more than once", () => {
  const splitter = new LineSplitter(65_536);
  const piece = new Uint8Array(1_000).fill(32);
  using copied = new CopyCount();
  for (let pieces = 0; pieces < 4_000; pieces++) assert.deepEqual(splitter.push(piece), []);
  assert.ok(copied.bytes < 3 * 65_536, `${copied.bytes} bytes were copied`);
  assert.ok(copied.bytes >= 65_536, `${copied.bytes} bytes were counted`);
});

Deno.test("LineSplitter agrees with split() on any text and any cut", () => {
  const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n", "é") }));
  fc.assert(fc.property(pieces, (texts) => {
    const splitter = new LineSplitter(10_000);
    const lines = texts.flatMap((text) => splitter.push(new TextEncoder().encode(text)));
    assert.deepEqual([...lines, splitter.finish() ?? ""], texts.join("").split("\n"));
  }));
});
