import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Component,
  decodeFooter,
  decodeIndex,
  encodeFooter,
  encodeIndex,
  ExecutableFormatError,
  FOOTER_BYTES,
} from "./executable_codec.ts";

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toHex());
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const length = fc.integer({ min: 0, max: 2 ** 40 });

/** Components of any content that follow each other from byte 0 on. */
const components: fc.Arbitrary<readonly Component[]> = fc.uniqueArray(
  fc.record({
    name,
    id: digest,
    storedDigest: digest,
    storedLength: length,
    rawLength: length,
    stored: fc.boolean(),
    unpack: fc.boolean(),
    executable: fc.boolean(),
  }),
  { minLength: 1, maxLength: 64, selector: (component) => component.name },
).map((parts) => {
  let offset = 0;
  return parts.map((part) => ({ ...part, offset: (offset += part.storedLength) - part.storedLength }));
});

function encode(parts: readonly Component[]) {
  const index = encodeIndex(parts);
  const footer = encodeFooter(parts, index);
  const end = parts.reduce((sum, part) => sum + part.storedLength, 0) + index.length + footer.length;
  return { index, footer, end };
}

Deno.test("decodeIndex() gives back what encodeIndex() took", () => {
  fc.assert(fc.property(components, (parts) => {
    const { index, footer, end } = encode(parts);
    assert.deepEqual(decodeIndex(index, decodeFooter(footer, end)), parts);
  }));
});

Deno.test("decodeFooter() refuses a footer with any byte changed", () => {
  fc.assert(
    fc.property(
      components,
      fc.nat(FOOTER_BYTES - 1),
      fc.integer({ min: 1, max: 255 }),
      (parts, place, change) => {
        const { footer, end } = encode(parts);
        footer[place]! ^= change;
        assert.throws(() => decodeFooter(footer, end), (error) => {
          assert.ok(error instanceof ExecutableFormatError);
          assert.equal(error.part, "footer");
          assert.equal(error.state, place < 8 ? "its footer is missing" : "its footer is damaged");
          return true;
        });
      },
    ),
  );
});

Deno.test("decodeIndex() refuses an index with any byte changed", () => {
  fc.assert(fc.property(components, fc.nat(), fc.integer({ min: 1, max: 255 }), (parts, seed, change) => {
    const { index, footer, end } = encode(parts);
    index[seed % index.length]! ^= change;
    assert.throws(() => decodeIndex(index, decodeFooter(footer, end)), {
      message: "Cannot read the index: its index is damaged",
    });
  }));
});

Deno.test("decodeFooter() refuses a footer that is not at the end", () => {
  const { footer, end } = encode([SAMPLE]);
  assert.throws(() => decodeFooter(footer, end + 1), {
    message: "Cannot read the footer: its footer is damaged",
  });
  assert.throws(() => decodeFooter(footer.subarray(1), end), {
    message: "Cannot read the footer: its footer is missing",
  });
});

Deno.test("encodeIndex() refuses components with a gap, a name twice or a name that is not a file name", () => {
  const refused = { message: "Cannot read the index: its index is damaged" };
  assert.throws(() => encodeIndex([{ ...SAMPLE, offset: 1 }]), refused);
  assert.throws(() => encodeIndex([SAMPLE, { ...SAMPLE, offset: SAMPLE.storedLength }]), refused);
  assert.throws(() => encodeIndex([{ ...SAMPLE, name: "../deno" }]), refused);
  assert.throws(() => encodeIndex([{ ...SAMPLE, name: "" }]), refused);
});

const SAMPLE: Component = {
  name: "deno",
  id: "ab".repeat(32),
  storedDigest: "cd".repeat(32),
  offset: 0,
  storedLength: 10,
  rawLength: 20,
  stored: false,
  unpack: true,
  executable: true,
};
