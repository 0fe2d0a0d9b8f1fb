import assert from "node:assert/strict";
import {
  decodeMetadata,
  encodeMetadata,
  expiryAfter,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  requireSignatures,
  rootContent,
  signMetadata,
  targetFile,
} from "./channel_metadata.ts";
import { mergeRoots, nextRoot, signersOf } from "./root_ceremony.ts";
import { newKey, publicKey, verifySignature } from "./signing_key.ts";

const NOW = new Date("2026-11-23T01:02:03Z");
const KEYS = [newKey(), newKey(), newKey(), newKey(), newKey()] as const;
const [R1, R2, R3, T1, O1] = KEYS;

function root() {
  return makeRoot({
    version: 1,
    expires: expiryAfter(730, NOW),
    root: { keys: [R1, R2, R3], threshold: 2 },
    targets: { keys: [T1], threshold: 1 },
    online: { keys: [O1], threshold: 1 },
  });
}

Deno.test("rootContent() is what makeRoot() was given, even after a round trip through a file", () => {
  const content = rootContent(decodeMetadata("root", encodeMetadata(root())));
  const bare = (...keys: typeof KEYS[number][]) => keys.map(({ keyId, publicHex }) => ({ keyId, publicHex }));
  assert.deepEqual(content, {
    version: 1,
    expires: new Date("2028-11-22T01:02:03Z"),
    root: { keys: bare(R1, R2, R3), threshold: 2 },
    targets: { keys: bare(T1), threshold: 1 },
    online: { keys: bare(O1), threshold: 1 },
  });
});

Deno.test("requireSignatures() counts the keys of the role, and no key twice", async () => {
  const metadata = root();
  const missing = {
    code: "WL_RELEASE_SIGNATURES_MISSING",
    message:
      "Cannot accept the root metadata: it needs valid signatures of 2 of the 3 keys that root version 1 names",
  };
  await signMetadata(metadata, [R1, R1, T1, O1]);
  assert.throws(() => requireSignatures(metadata, "root", metadata), missing);
  assert.deepEqual(signersOf(metadata, [R1, R2, T1]).map(({ keyId }) => keyId), [R1.keyId, T1.keyId]);
  await signMetadata(metadata, [R3]);
  requireSignatures(metadata, "root", metadata);
  const changed = decodeMetadata("root", encodeMetadata(metadata));
  Object.assign(changed.signed, { version: 2 });
  assert.throws(() => requireSignatures(metadata, "root", changed), missing);
});

Deno.test("mergeRoots() has the signatures of all copies, and refuses another root", async () => {
  const copies = [root(), root()] as const;
  await signMetadata(copies[0], [R1]);
  await signMetadata(copies[1], [R2]);
  requireSignatures(copies[0], "root", mergeRoots(copies));
  const other = nextRoot(root(), { expires: NOW });
  assert.throws(() => mergeRoots([root(), other]), {
    code: "WL_RELEASE_REFUSED",
    message: "Cannot assemble a root: the files hold different ones",
  });
  assert.throws(() => mergeRoots([]), { message: "Cannot assemble a root: there is no file" });
});

Deno.test("nextRoot() takes keys away from every role, adds each once, and keeps the rest", () => {
  const [added, online] = [newKey(), newKey()];
  const next = rootContent(nextRoot(root(), {
    expires: NOW,
    revoke: [R2.keyId, O1.keyId.slice(0, 16)],
    add: { root: [added, R1], online: [online] },
    thresholds: { root: 1 },
  }));
  const ids = (role: { keys: readonly { keyId: string }[] }) => role.keys.map(({ keyId }) => keyId);
  assert.deepEqual([next.version, next.root.threshold, next.targets.threshold], [2, 1, 1]);
  assert.deepEqual(ids(next.targets), [T1.keyId]);
  assert.deepEqual(ids(next.online), [online.keyId]);
  assert.deepEqual(ids(next.root), [R1.keyId, R3.keyId, added.keyId]);
});

Deno.test("Targets, snapshot and timestamp name each other by version, length and hash", async () => {
  const file = new TextEncoder().encode("{}");
  const term = { version: 3, expires: expiryAfter(14, NOW) };
  const targets = encodeMetadata(makeTargets(new Map([["a.json", targetFile("a.json", file)]]), term));
  const snapshot = encodeMetadata(makeSnapshot(targets, 3, { ...term, version: 5 }));
  const timestamp = makeTimestamp(snapshot, 5, { ...term, version: 9 });
  await signMetadata(timestamp, [O1]);
  requireSignatures(root(), "timestamp", timestamp);
  const { snapshotMeta } = decodeMetadata("timestamp", encodeMetadata(timestamp)).signed;
  assert.deepEqual([snapshotMeta.version, snapshotMeta.length], [5, snapshot.length]);
  const listed = decodeMetadata("snapshot", snapshot).signed.meta["targets.json"];
  assert.deepEqual([listed?.version, listed?.length], [3, targets.length]);
  assert.equal(decodeMetadata("targets", targets).signed.targets["a.json"]?.length, 2);
  assert.equal(timestamp.signed.expires, "2026-12-07T01:02:03Z");
});

Deno.test("decodeMetadata() refuses metadata of another role, and anything else", () => {
  const bytes = encodeMetadata(root());
  assert.throws(() => decodeMetadata("targets", bytes), {
    code: "WL_RELEASE_FOLDER_DAMAGED",
    message: /^Cannot read the targets metadata: /,
  });
  assert.throws(() => decodeMetadata("root", bytes.subarray(1)), { code: "WL_RELEASE_FOLDER_DAMAGED" });
});

Deno.test("A signature is one of these bytes by that key, whose id follows from its public half", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const signature = await R1.sign(bytes);
  assert.equal(verifySignature(R1.publicHex, bytes, signature), true);
  assert.equal(verifySignature(R2.publicHex, bytes, signature), false);
  assert.equal(verifySignature(R1.publicHex, bytes.subarray(1), signature), false);
  assert.equal(publicKey(R1.publicHex).keyId, R1.keyId);
});
