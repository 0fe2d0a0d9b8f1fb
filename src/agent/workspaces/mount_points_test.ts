import assert from "node:assert/strict";
import { mountPoints } from "./mount_points.ts";

const MOUNTINFO = `22 1 0:20 / / rw - overlay overlay rw
30 22 0:25 / /mnt/wsl rw shared:1 - tmpfs none rw
31 30 8:32 /usr /mnt/wsl/windlass/usr ro shared:2 - ext4 /dev/sdc rw
32 31 8:48 /usr /mnt/wsl/windlass/usr ro shared:3 - ext4 /dev/sdd rw
33 30 8:48 / /mnt/wsl/windlass-data rw - ext4 /dev/sdd rw
34 30 8:48 / /mnt/wsl/windlass/a\\040b rw - ext4 /dev/sdd rw
`;

Deno.test("mountPoints() lists what lies at and below a folder, each of several over each other, newest first", () => {
  assert.deepEqual(mountPoints(MOUNTINFO, "/mnt/wsl/windlass"), [
    "/mnt/wsl/windlass/a b",
    "/mnt/wsl/windlass/usr",
    "/mnt/wsl/windlass/usr",
  ]);
  assert.deepEqual(mountPoints(MOUNTINFO, "/mnt/wsl/windlass-data"), ["/mnt/wsl/windlass-data"]);
  assert.deepEqual(mountPoints("", "/mnt"), []);
});
