import assert from "node:assert/strict";
import { WindlassError } from "../src/errors/windlass_error.ts";
import {
  describeDifferences,
  formatPackageLock,
  type LockedPackage,
  packageFileName,
  parsePackageLock,
} from "./package_lock.ts";
import { missingFromLock } from "./package_cache.ts";

const HASH = "a".repeat(64);

function locked(name: string, version: string, sha256 = HASH): LockedPackage {
  return { package: name, version, architecture: "amd64", sha256 };
}

Deno.test("parsePackageLock() reads what formatPackageLock() wrote, sorted by name", () => {
  const text = formatPackageLock({ suite: "forky", packages: [locked("runc", "1"), locked("git", "1:2")] });
  assert.deepEqual(parsePackageLock(text).packages.map((each) => each.package), ["git", "runc"]);
});

Deno.test("parsePackageLock() says what is wrong with a lock", () => {
  assert.throws(
    () => parsePackageLock("{"),
    new WindlassError("WL_IMAGE_LOCK_INVALID", "Cannot read the package lock: it is not JSON", {
      cause: parseFailure("{"),
    }),
  );
  const wrongHash = formatPackageLock({ suite: "forky", packages: [locked("git", "1", "123")] });
  assert.throws(() => parsePackageLock(wrongHash), (error: unknown) => {
    assert.ok(error instanceof WindlassError);
    assert.equal(error.code, "WL_IMAGE_LOCK_INVALID");
    assert.match(error.message, /^Cannot read the package lock: .*\n.*packages\[0\]\.sha256$/);
    return true;
  });
});

Deno.test("describeDifferences() names every package that differs, and nothing else", () => {
  const before = [locked("bash", "5"), locked("git", "1"), locked("gone", "7"), locked("runc", "1", HASH)];
  const after = [
    locked("bash", "5"),
    locked("git", "2"),
    locked("new", "3"),
    locked("runc", "1", "b".repeat(64)),
  ];
  assert.deepEqual(describeDifferences(before, after), [
    "git: 1 is locked, 2 was found",
    "gone: 7 is locked, none was found",
    "runc: 1 has another content than locked",
    "new: 3 was found, none is locked",
  ]);
  assert.deepEqual(describeDifferences(before, before), []);
});

Deno.test("packageFileName() escapes the colon of an epoch", () => {
  assert.equal(packageFileName(locked("git", "1:2.53.0-1")), "git_1%3a2.53.0-1_amd64.deb");
});

Deno.test("packages.lock.json is whole, sorted and names everything wanted", async () => {
  const text = await Deno.readTextFile(new URL("packages.lock.json", import.meta.url));
  const lock = parsePackageLock(text);
  assert.deepEqual(missingFromLock(lock), []);
  assert.equal(formatPackageLock(lock), text);
});

function parseFailure(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
