import assert from "node:assert/strict";
import { unsharedMount } from "./machine_mounts.ts";

const LIST = [
  "1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw",
  "20 1 8:2 / /home rw - ext4 /dev/sda2 rw",
  "21 20 8:3 / /home/usb rw,nosuid master:2 - vfat /dev/sdb1 rw",
  "22 20 0:44 / /home/a\\040b rw - tmpfs none rw",
  "23 22 0:45 / /home/a\\040b rw - tmpfs none rw",
  "",
].join("\n");

Deno.test("unsharedMount() finds the file system that the engine may not have noticed", () => {
  for (
    const [path, device] of [
      ["/", undefined],
      ["/etc/x", undefined],
      ["/home/me", undefined], // mounted in a folder that shares its mounts
      ["/home/usb", "8:3"],
      ["/home/usb/deep/x", "8:3"],
      ["/home/usb2", undefined],
      ["/home/a b/x", "0:45"],
    ] as const
  ) assert.equal(unsharedMount(LIST, path)?.device, device, path);
  assert.equal(unsharedMount("", "/x"), undefined);
  assert.equal(unsharedMount(LIST.replace(" shared:1", ""), "/home/me")?.escapedPoint, "/home");
});
