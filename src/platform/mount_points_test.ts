import assert from "node:assert/strict";
import { mountPointsBelow, parseMountPoints } from "./mount_points.ts";

Deno.test("parseMountPoints() reads the paths and undoes their escapes", () => {
  const text = "22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw\n" +
    "31 28 8:1 /a /with\\040space\\134 rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(parseMountPoints(text), ["/proc", "/with space\\"]);
});

Deno.test("mountPointsBelow() knows a mount point and not a folder whose name only begins alike", async () => {
  assert.ok((await mountPointsBelow("/proc")).includes("/proc"));
  assert.deepEqual(await mountPointsBelow("/pro"), []);
});
