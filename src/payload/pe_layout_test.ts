import assert from "node:assert/strict";
import { ExecutableFormatError } from "./executable_codec.ts";
import { clearChecksum, clearRanges, PE_HEADER_BYTES, peLayout } from "./pe_layout.ts";

const PE_OFFSET = 0x80;
const OPTIONAL = PE_OFFSET + 24;

/** Headers as far as they are read. */
function peHeader(certificates?: { offset: number; length: number }): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(PE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0x5a4d, true);
  view.setUint32(60, PE_OFFSET, true);
  view.setUint32(PE_OFFSET, 0x4550, true);
  view.setUint16(OPTIONAL, 0x20b, true);
  view.setUint32(OPTIONAL + 64, 0x1234_5678, true);
  view.setUint32(OPTIONAL + 144, certificates?.offset ?? 0, true);
  view.setUint32(OPTIONAL + 148, certificates?.length ?? 0, true);
  return header;
}

const SIGNED_FIELDS = [{ offset: OPTIONAL + 64, length: 4 }, { offset: OPTIONAL + 144, length: 8 }];
const DAMAGED = new ExecutableFormatError("footer", "its headers are damaged");

Deno.test("peLayout() finds the signature, or that there is none", () => {
  assert.deepEqual(peLayout(peHeader(), 5_000), { signedFields: SIGNED_FIELDS });
  const certificateTable = { offset: 4_000, length: 1_000 };
  assert.deepEqual(peLayout(peHeader(certificateTable), 5_000), {
    certificateTable,
    signedFields: SIGNED_FIELDS,
  });
});

Deno.test("peLayout() leaves files of other kinds alone", () => {
  assert.equal(peLayout(new TextEncoder().encode("\x7fELF".padEnd(PE_HEADER_BYTES)), 5_000), undefined);
  assert.equal(peLayout(new Uint8Array(), 0), undefined);
  assert.equal(peLayout(peHeader().subarray(0, 100), 100), undefined);
});

Deno.test("peLayout() refuses a signature that does not reach to the end of the file", () => {
  for (const length of [999, 1_001]) {
    assert.throws(() => peLayout(peHeader({ offset: 4_000, length }), 5_000), DAMAGED);
  }
});

Deno.test("peLayout() refuses headers that make no sense", () => {
  const changes: ((view: DataView) => void)[] = [
    (view) => view.setUint32(60, 0xffff_fff0, true),
    (view) => view.setUint32(60, PE_HEADER_BYTES - 100, true),
    (view) => view.setUint32(PE_OFFSET, 0, true),
    (view) => view.setUint16(OPTIONAL, 0x10b, true), // 32 bits
  ];
  for (const change of changes) {
    const header = peHeader();
    change(new DataView(header.buffer));
    assert.throws(() => peLayout(header, 5_000), DAMAGED);
  }
});

Deno.test("clearChecksum() clears the checksum alone", () => {
  const header = peHeader();
  clearChecksum(header);
  const expected = peHeader();
  expected.fill(0, OPTIONAL + 64, OPTIONAL + 68);
  assert.deepEqual(header, expected);
});

Deno.test("clearRanges() clears what lies in a chunk, wherever the chunk begins and ends", () => {
  const ranges = [{ offset: 4, length: 3 }, { offset: 10, length: 1 }];
  const expected = Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1);
  for (let cut = 0; cut <= expected.length; cut++) {
    const bytes = new Uint8Array(expected.length).fill(1);
    clearRanges(bytes.subarray(0, cut), 0, ranges);
    clearRanges(bytes.subarray(cut), cut, ranges);
    assert.deepEqual(bytes, expected, `cut at ${cut}`);
  }
});
