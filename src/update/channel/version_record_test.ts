import assert from "node:assert/strict";
import {
  isSameChannel,
  parseVersionRecord,
  raisedRecord,
  recordOfRoot,
  versionOf,
} from "./version_record.ts";

const ROLES = ["root", "timestamp", "snapshot", "targets"] as const;

function record({ root = 2, other = 5, rootKeys = ["r1"], onlineKeys = ["o1"] } = {}) {
  const versions = { root, timestamp: other, snapshot: other, targets: other };
  return { format: 1, seed: "s", rootKeys, onlineKeys, versions } as const;
}

Deno.test("recordOfRoot() knows a channel by its root", () => {
  const roles = {
    root: { keyids: ["b", "a"] },
    timestamp: { keyids: ["t"] },
    snapshot: { keyids: ["t", "s"] },
  };
  const root = JSON.stringify({ signed: { version: 3, roles, keys: {} }, signatures: [] });
  assert.deepEqual(recordOfRoot(root, "seed"), {
    format: 1,
    seed: "seed",
    rootKeys: ["a", "b"],
    onlineKeys: ["s", "t"],
    versions: { root: 3, timestamp: 0, snapshot: 0, targets: 0 },
  });
  assert.equal(versionOf(root), 3);
});

Deno.test("parseVersionRecord() reads what was written, and nothing else", () => {
  const written = record();
  assert.deepEqual(parseVersionRecord(JSON.stringify(written)), written);
  const cut = JSON.stringify(written).slice(0, -2);
  for (const text of ["", cut, "{}", "null", JSON.stringify({ ...written, format: 2 })]) {
    assert.equal(parseVersionRecord(text), null, text);
  }
});

for (const role of ROLES) {
  Deno.test(`raisedRecord() refuses ${role} of an older version`, () => {
    const before = record();
    const now = { ...before, versions: { ...before.versions, [role]: before.versions[role] - 1 } };
    const [found, known] = [now.versions[role], before.versions[role]];
    assert.throws(() => raisedRecord(before, now, "c"), {
      code: "WL_UPDATE_REJECTED",
      message: `Cannot trust the update channel 'c': its ${role} has version ${found}, ` +
        `and version ${known} was seen before`,
    });
  });
}

Deno.test("raisedRecord() lets all but the root start over with other keys of timestamp or snapshot", () => {
  const now = record({ root: 3, other: 1, onlineKeys: ["o2"] });
  assert.deepEqual(raisedRecord(record(), now, "c"), now);
  assert.throws(() => raisedRecord(record(), record({ root: 1, onlineKeys: ["o2"] }), "c"));
});

Deno.test("raisedRecord() remembers all keys that signed roots, by which isSameChannel() knows the channel", () => {
  const raised = raisedRecord(record(), record({ root: 3, rootKeys: ["r2"] }), "c");
  assert.deepEqual(raised.rootKeys, ["r1", "r2"]);
  assert.ok(isSameChannel(raised, record({ rootKeys: ["r1", "x"] })));
  assert.equal(isSameChannel(raised, record({ rootKeys: ["x"] })), false);
});
