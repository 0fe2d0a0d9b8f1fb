import assert from "node:assert/strict";
import { volumeDevices, workspaceOf, workspacesOfMounts } from "./workspace_mounts.ts";

const ROOT = "/run/windlass/workspaces";

Deno.test("workspaceOf() names the workspace of a path, and none of any other path", () => {
  assert.equal(workspaceOf(`${ROOT}/Ubuntu`), "Ubuntu");
  assert.equal(workspaceOf(`${ROOT}/a b/home/me`), "a b");
  for (const path of [ROOT, `${ROOT}/`, `${ROOT}/..`, `${ROOT}/../x`, `${ROOT}x/y`, "/home", undefined, 1]) {
    assert.equal(workspaceOf(path), undefined, String(path));
  }
});

Deno.test("workspacesOfMounts() finds bind mounts, and volumes with a device", async () => {
  const deviceOf = (volume: string) => Promise.resolve(volume === "code" ? `${ROOT}/Debian/src` : undefined);
  const mounts = [
    { Type: "bind", Source: `${ROOT}/Ubuntu/home/me` },
    { Type: "bind", Source: "/mnt/c/Users" },
    { Type: "volume", Name: "code", Driver: "local", Source: "/data/volumes/code/_data" },
    { Type: "volume", Name: "code", Driver: "nfs", Source: `${ROOT}/Other` },
    { Type: "volume", Name: "data", Driver: "local", Source: "" },
    { Type: "tmpfs", Source: "" },
    "nonsense",
  ];
  assert.deepEqual([...await workspacesOfMounts(mounts, deviceOf)], ["Ubuntu", "Debian"]);
  // As in a container's own file: by destination, with the type left out by versions of long ago.
  const points = { "/work": { Source: `${ROOT}/Ubuntu/x` }, "/c": { Type: "volume", Name: "code" } };
  assert.deepEqual([...await workspacesOfMounts(points, deviceOf)], ["Ubuntu", "Debian"]);
  for (const nothing of [null, undefined, "x", []]) {
    assert.equal((await workspacesOfMounts(nothing, deviceOf)).size, 0);
  }
});

Deno.test("volumeDevices() reads what dockerd keeps of a volume, and nothing outside of its folder", async () => {
  const docker = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${docker}/volumes/code`, { recursive: true });
    await Deno.mkdir(`${docker}/volumes/plain`);
    await Deno.writeTextFile(
      `${docker}/volumes/code/opts.json`,
      '{"MountType":"none","MountOpts":"bind","MountDevice":"/x"}',
    );
    await Deno.writeTextFile(`${docker}/opts.json`, '{"MountDevice":"/y"}');
    const deviceOf = volumeDevices(docker);
    assert.equal(await deviceOf("code"), "/x");
    for (const volume of ["plain", "none", "", "..", "../.."]) {
      assert.equal(await deviceOf(volume), undefined);
    }
  } finally {
    await Deno.remove(docker, { recursive: true });
  }
});
