import assert from "node:assert/strict";
import fc from "fast-check";
import { type BundleEntry, readBundleIndex } from "./bundle_index.ts";

interface Member {
  readonly name: string;
  readonly text?: string;
  readonly kind?: string;
  /** What the header states. @default the text's length */
  readonly size?: string;
  readonly prefix?: string;
  readonly magic?: string;
}

const END = new Uint8Array(1024);

function member(
  { name, text = "", kind = "0", size, prefix = "", magic = "ustar\x0000" }: Member,
): Uint8Array[] {
  const header = new Uint8Array(512);
  const put = (at: number, value: string) => header.set([...value].map((letter) => letter.charCodeAt(0)), at);
  put(0, name);
  put(124, size ?? `${text.length.toString(8).padStart(11, "0")}\0`);
  put(156, kind);
  put(257, magic);
  put(345, prefix);
  put(148, " ".repeat(8));
  put(148, `${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
  const body = new Uint8Array(Math.ceil(text.length / 512) * 512);
  body.set(new TextEncoder().encode(text));
  return [header, body];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

function index(bytes: Uint8Array, entries = 100): Promise<ReadonlyMap<string, BundleEntry>> {
  const read = (offset: number, length: number) => {
    assert.ok(offset >= 0 && offset + length <= bytes.length, "read beyond the end");
    return Promise.resolve(bytes.subarray(offset, offset + length));
  };
  return readBundleIndex({ length: bytes.length, read }, { name: "b.tar", entries });
}

function bundle(...members: Member[]): Uint8Array {
  return joined([...members.flatMap(member), END]);
}

Deno.test("readBundleIndex() finds each file, as GNU tar and others write it", async () => {
  const bytes = bundle(
    { name: "./", kind: "5" },
    { name: "./metadata/", kind: "5" },
    { name: "./metadata/timestamp.json", text: "x".repeat(600), magic: "ustar  \0" },
    { name: "sha256/ab/ff", prefix: "blobs", text: "blob", kind: "\0" },
    { name: "empty" },
  );
  const found = await index(bytes);
  const text = (path: string) => {
    const { offset, length } = found.get(path)!;
    return new TextDecoder().decode(bytes.subarray(offset, offset + length));
  };
  assert.deepEqual([...found.keys()], ["metadata/timestamp.json", "blobs/sha256/ab/ff", "empty"]);
  assert.deepEqual([...found.keys()].map(text), ["x".repeat(600), "blob", ""]);
});

const REFUSED: Readonly<Record<string, [Uint8Array, string]>> = {
  "a symbolic link": [bundle({ name: "a", kind: "2" }), "'a' is neither a file nor a folder"],
  "a hard link": [bundle({ name: "a", kind: "1" }), "'a' is neither a file nor a folder"],
  "a device": [bundle({ name: "a", kind: "3" }), "'a' is neither a file nor a folder"],
  "a long name": [bundle({ name: "a", kind: "L", text: "b" }), "'a' is neither a file nor a folder"],
  "an absolute name": [bundle({ name: "/etc/passwd" }), "the name '/etc/passwd' is not allowed"],
  "a name that leads out": [bundle({ name: "a/../../b" }), "the name 'a/../../b' is not allowed"],
  "a folder that leads out": [bundle({ name: "../x/", kind: "5" }), "'../x' is neither a file nor a folder"],
  "a name of Windows": [bundle({ name: "C:\\x" }), "the name 'C:\\x' is not allowed"],
  "a name that commands a terminal": [bundle({ name: "\x1b[2J" }), "the name '?[2J' is not allowed"],
  "a file without a name": [bundle({ name: "" }), "the name '' is not allowed"],
  "a name twice": [bundle({ name: "a" }, { name: "./a" }), "it has 'a' twice"],
  "a size beyond the end": [
    bundle({ name: "a", text: "x", size: "00000010000\0" }),
    "'a' reaches beyond its end",
  ],
  "a size below zero": [bundle({ name: "a", size: "-0000000001\0" }), "'a' reaches beyond its end"],
  "a size in binary": [bundle({ name: "a", size: "\x80" + "\x7f".repeat(11) }), "'a' reaches beyond its end"],
  "no end": [joined(member({ name: "a", text: "x" })), "it has no end, so a part of it is missing"],
  "nothing": [new Uint8Array(), "it has no end, so a part of it is missing"],
  "a gzip file": [new Uint8Array(2048).fill(0x1f), "there is no tar header at byte 0"],
  "a changed header": [
    bundle({ name: "a" }).map((byte, at) => at === 1 ? byte ^ 1 : byte),
    "there is no tar header at byte 0",
  ],
};

for (const [what, [bytes, state]] of Object.entries(REFUSED)) {
  Deno.test(`readBundleIndex() refuses a bundle with ${what}`, async () => {
    await assert.rejects(index(bytes), {
      code: "WL_UPDATE_BUNDLE_INVALID",
      message: `Cannot read the bundle 'b.tar': ${state}`,
    });
  });
}

Deno.test("readBundleIndex() counts entries", async () => {
  const bytes = bundle({ name: "a" }, { name: "b" }, { name: "c" });
  assert.equal((await index(bytes, 3)).size, 3);
  await assert.rejects(index(bytes, 2), {
    message: "Cannot read the bundle 'b.tar': it has more than 2 entries",
  });
});

Deno.test("readBundleIndex() never reads beyond the end, and never finds a file beyond it", async () => {
  const bytes = bundle({ name: "a", text: "x".repeat(700) }, { name: "b", text: "y" });
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 });
  await fc.assert(fc.asyncProperty(fc.nat(bytes.length), changes, async (length, changed) => {
    const broken = bytes.slice(0, length);
    for (const [at, value] of changed) if (at < length) broken[at] = value;
    const found = await index(broken).catch((error) => {
      assert.equal(error.code, "WL_UPDATE_BUNDLE_INVALID");
      return new Map<string, BundleEntry>();
    });
    for (const { offset, length } of found.values()) assert.ok(offset + length <= broken.length);
  }));
});
