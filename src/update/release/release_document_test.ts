import assert from "node:assert/strict";
import { isWindlassError } from "../../errors/windlass_error.ts";
import {
  blobPath,
  encodeRelease,
  parseRelease,
  platformName,
  RELEASE_LIMITS,
  type ReleaseDocument,
  releaseName,
} from "./release_document.ts";

const [A, B, C, D] = ["a", "b", "c", "d"].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];

function release(changes: Record<string, unknown> = {}): ReleaseDocument {
  return {
    format: 1,
    product: "windlass",
    channel: "stable",
    platform: "linux-x64",
    version: "1.2.3",
    published: "2026-11-23T01:00:00Z",
    minimumUpdater: 1,
    severity: "normal",
    notes: "Fixes.\n",
    rollout: { percent: 10, salt: "1.2.3" },
    withdrawn: ["1.2.4"],
    dockerd: "28.5.2+dfsg4",
    undo: true,
    executable: { sha256: A, length: 130_000_000 },
    components: [{
      name: "rootfs",
      id: B,
      length: 500_000_000,
      unpack: false,
      executable: false,
      full: { sha256: C, length: 100_000_000 },
      deltas: [{ from: D, sha256: A, length: 1_700_000, format: "bsdiff-tar-1" }],
    }],
    ...changes,
  } as ReleaseDocument;
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function withComponent(changes: Record<string, unknown>): ReleaseDocument {
  return release({ components: [{ ...release().components[0], ...changes }] });
}

function withDelta(changes: Record<string, unknown>): ReleaseDocument {
  return withComponent({ deltas: [{ ...release().components[0]?.deltas[0], ...changes }] });
}

Deno.test("parseRelease() reads what encodeRelease() has written", () => {
  for (const document of [release(), release({ notesUrl: "https://windlass.example/notes/1.2.3" })]) {
    assert.deepEqual(parseRelease(encodeRelease(document)), document);
  }
});

Deno.test("parseRelease() refuses every field that is missing or unknown", () => {
  for (const key of Object.keys(release())) {
    const { [key as keyof ReleaseDocument]: _, ...rest } = release();
    assertInvalid(bytesOf(rest), new RegExp(`^Cannot read the release document: ${key}: `));
  }
  assertInvalid(
    bytesOf(release({ extra: 1 })),
    /^Cannot read the release document: Unrecognized key: "extra"$/,
  );
});

Deno.test("parseRelease() refuses values that no release has", () => {
  const wrong: [RegExp, unknown][] = [
    [/^.*: format: /, release({ format: 2 })],
    [/^.*: product: /, release({ product: "anchor" })],
    [/^.*: channel: /, release({ channel: "alpha" })],
    [/^.*: platform: /, release({ platform: "linux-arm64" })],
    [/^.*: version: expected a version such as 1\.2\.3 or 1\.2\.3-beta\.1$/, release({ version: "1.2" })],
    [/^.*: published: /, release({ published: "today" })],
    [/^.*: minimumUpdater: /, release({ minimumUpdater: 0 })],
    [/^.*: severity: /, release({ severity: "high" })],
    [
      /^.*: notes: expected at most 16384 bytes$/,
      release({ notes: "é".repeat(RELEASE_LIMITS.notesBytes / 2 + 1) }),
    ],
    [/^.*: notesUrl: /, release({ notesUrl: "javascript:alert(1)" })],
    [/^.*: notesUrl: /, release({ notesUrl: "http://windlass.example" })],
    [/^.*: rollout\.percent: /, release({ rollout: { percent: 101, salt: "s" } })],
    [/^.*: rollout\.salt: /, release({ rollout: { percent: 1, salt: "" } })],
    [/^.*: withdrawn\.0: /, release({ withdrawn: ["latest"] })],
    [/^.*: dockerd: /, release({ dockerd: "newest" })],
    [/^.*: executable\.sha256: /, release({ executable: { sha256: "A".repeat(64), length: 1 } })],
    [/^.*: executable\.length: /, release({ executable: { sha256: A, length: -1 } })],
    [/^.*: components: /, release({ components: [] })],
    [/^.*: components\.0\.name: /, withComponent({ name: "../rootfs" })],
    [/^.*: components\.0\.name: the stub is not a component of a release$/, withComponent({ name: "stub" })],
    [/^.*: components\.0\.id: /, withComponent({ id: "../../etc/passwd" })],
    [/^.*: components\.0\.length: /, withComponent({ length: RELEASE_LIMITS.componentBytes + 1 })],
    [/^.*: components\.0\.full\.length: /, withComponent({ full: { sha256: A, length: 1.5 } })],
    [/^.*: components\.0\.deltas\.0\.from: /, withDelta({ from: "" })],
    [/^.*: components\.0\.deltas\.0\.format: /, withDelta({ format: "a/b" })],
  ];
  for (const [message, document] of wrong) assertInvalid(bytesOf(document), message);
});

Deno.test("parseRelease() refuses documents that contradict themselves", () => {
  const [component] = release().components;
  const delta = component?.deltas[0];
  const wrong: [string, ReleaseDocument][] = [
    ["component 'rootfs' is given twice", release({ components: [component, component] })],
    ["version 1.2.3 withdraws itself", release({ withdrawn: ["1.2.3"] })],
    ["component 'rootfs' has deltas that lead nowhere", withDelta({ from: B })],
    ["component 'rootfs' has deltas that lead nowhere", withComponent({ deltas: [delta, delta] })],
  ];
  for (const [state, document] of wrong) {
    assertInvalid(bytesOf(document), new RegExp(`^Cannot read the release document: ${state}$`));
  }
});

Deno.test("parseRelease() refuses what is not text or not JSON, and too much of it", () => {
  assertInvalid(new Uint8Array([0xff, 0xfe]), /^Cannot read the release document: it is not JSON in UTF-8$/);
  assertInvalid(
    new TextEncoder().encode("<html>"),
    /^Cannot read the release document: it is not JSON in UTF-8$/,
  );
  assertInvalid(
    new Uint8Array(RELEASE_LIMITS.documentBytes + 1),
    /^Cannot read the release document: 262145 bytes, and 262144 are allowed$/,
  );
  for (const value of [null, [], 1, "release"]) {
    assertInvalid(bytesOf(value), /^Cannot read the release document: /);
  }
});

Deno.test("parseRelease() says so when a release is made for newer updaters", () => {
  const newer = { ...release({ format: 2, minimumUpdater: 2 }), signature: "new" };
  assert.throws(() => parseRelease(bytesOf(newer)), (error: unknown) => {
    assert(isWindlassError(error, "WL_UPDATE_TOO_NEW"));
    assert.equal(
      error.message,
      "Cannot update to Windlass 1.2.3: it needs updater level 2, and this one has level 1",
    );
    return true;
  });
  // The level alone is for the decision whether to offer it.
  assert.equal(parseRelease(bytesOf(release({ minimumUpdater: 2 }))).minimumUpdater, 2);
});

Deno.test("encodeRelease() writes nothing that could not be read", () => {
  assert.throws(
    () => encodeRelease(release({ version: "1" })),
    /^WindlassError: Cannot read the release document/,
  );
});

Deno.test("platformName(), releaseName() and blobPath() name what lies in a channel folder", () => {
  assert.equal(platformName("linux"), "linux-x64");
  assert.equal(platformName("windows"), "windows-x64");
  assert.equal(releaseName("beta", "windows-x64"), "beta.windows-x64");
  assert.equal(blobPath(`ab${"0".repeat(62)}`), `blobs/sha256/ab/ab${"0".repeat(62)}`);
});

function assertInvalid(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => parseRelease(bytes), (error: unknown) => {
    assert(isWindlassError(error, "WL_UPDATE_RELEASE_INVALID"), String(error));
    assert.match(error.message, message);
    return true;
  });
}
