import assert from "node:assert/strict";
import { hasPath, isMounted } from "./has_path.ts";

Deno.test("hasPath() follows links", async () => {
  assert.equal(await hasPath("/proc/self"), true);
  assert.equal(await hasPath("/proc/nowhere"), false);
  assert.equal(await hasPath("/proc", "99:99"), false);
});

Deno.test("isMounted() finds a device at its place", () => {
  const list =
    "30 1 0:5 / /mnt/c/a\\040b rw - tmpfs none rw\n31 1 0:6 / /mnt/c/x rw shared:1 - tmpfs none rw\n";
  assert.equal(isMounted(list, "/mnt/c/a\\040b", "0:5"), true);
  assert.equal(isMounted(list, "/mnt/c/x", "0:5"), false);
  assert.equal(isMounted(list, "/mnt/c", "0:6"), false);
});
