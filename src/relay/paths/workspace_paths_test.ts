import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FakeWorkspace,
  WORKSPACE_ENTRIES,
  WORKSPACE_FOLDER,
  WORKSPACE_SOCKET,
} from "../../../tests/fakes/fake_workspace.ts";
import { NEVER } from "../../timing/sleep.ts";
import { workspacePaths } from "./workspace_paths.ts";

Deno.test("workspacePaths() means files of the workspace, with links followed in it", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (
    const [source, expected] of [
      ["/home/me/real", "/home/me/real"],
      ["//home/./me//real/", "/home/me/real"],
      ["/home/me/absolute/deep", "/home/me/real/deep"],
      ["/home/me/relative", "/home/me/real"],
      ["/home/me/absolute/../x", "/home/me/x"],
      ["/home/me/drive/link/deep", "/home/me/real/deep"],
      ["/home/me/top/home/me/absolute", "/home/me/real"],
      ["/home/me/new/a b\n:ü", "/home/me/new/a b\n:ü"],
      ["/nothing/at/all", "/nothing/at/all"],
      ["/", ""],
      ["/home/me/top", ""],
      ["/../..", ""],
      ["/mnt", "/mnt"],
      ["/mnt/q/x", "/mnt/q/x"],
      ["/dev/log", "/run/systemd.socket"],
      ["/run/windlass", "/run/windlass"],
    ] as const
  ) {
    for (const use of ["create", "later"] as const) {
      const translated = await workspace.translate(source, use);
      assert.equal(translated, WORKSPACE_FOLDER + expected, source);
      assert.equal(await workspace.translate(translated, use), translated, "the second time");
    }
  }
});

Deno.test("workspacePaths() gives drives and what all distros share by the engine's own names", async () => {
  for (const root of ["/mnt/", "/", "/windows/"]) {
    const at = root.slice(0, -1);
    const workspace = new FakeWorkspace({
      ...WORKSPACE_ENTRIES,
      [`${at}/c`]: null,
      [`${at}/c/Users`]: null,
      [`${at}/wsl`]: null,
      [`${at}/x`]: null,
      ...at === "" ? {} : { [at]: null },
    }, root);
    if (root !== "/mnt/") {
      for (const path of workspace.entries.keys()) {
        if (path.startsWith("/mnt/")) workspace.entries.delete(path);
      }
    }
    for (
      const [source, expected] of [
        [`${at}/c/Users`, "/mnt/c/Users"],
        [`${at}/c`, "/mnt/c"],
        [`${at}/c/new`, "/mnt/c/new"],
        [`${at}/wsl`, "/mnt/wsl"],
        [`${at}/wsl/new`, "/mnt/wsl/new"],
        // The engine's own names, which inspect shows:
        ["/mnt/c/Users", "/mnt/c/Users"],
        ["/mnt/c/new/x", "/mnt/c/new/x"],
        ["/mnt/wsl/x", "/mnt/wsl/x"],
        [`${at}/x`, `${WORKSPACE_FOLDER}${at}/x`],
        [`${at}/d`, `${WORKSPACE_FOLDER}${at}/d`], // not mounted in this distro
        ["/mnt/d/x", `${WORKSPACE_FOLDER}/mnt/d/x`],
      ] as const
    ) {
      const translated = await workspace.translate(source);
      assert.equal(translated, expected, source);
      assert.equal(await workspace.translate(translated), translated, "the second time");
    }
  }
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  assert.equal(await workspace.translate("/home/me/drive/x"), "/mnt/c/Users/x");
  workspace.mounts.push("0:31 /sub /srv/bound rw - tmpfs none rw");
  assert.equal(await workspace.translate("/srv/bound/x"), "/mnt/wsl/sub/x");
  workspace.mounts.push("0:77 / /mnt/d rw - tmpfs none rw");
  assert.equal(await workspace.translate("/mnt/d/x"), `${WORKSPACE_FOLDER}/mnt/d/x`);
  workspace.hidesMounts = true;
  assert.equal(await workspace.translate("/mnt/c/Users"), "/mnt/c/Users");
  assert.equal(await workspace.translate("/mnt/q/x"), `${WORKSPACE_FOLDER}/mnt/q/x`);
});

Deno.test("workspacePaths() takes an existing file of the user's for one, whatever the engine calls its own", async () => {
  const workspace = new FakeWorkspace({
    "/c": null,
    "/mnt": null,
    "/mnt/c": null,
    "/mnt/c/own": null,
    "/c/own": null,
  }, "/");
  assert.equal(await workspace.translate("/mnt/c/own"), `${WORKSPACE_FOLDER}/mnt/c/own`);
  assert.equal(await workspace.translate("/c/own"), `${WORKSPACE_FOLDER}/c/own`);
  assert.equal(await workspace.translate("/c"), `${WORKSPACE_FOLDER}/c`);
  // Distros that were started before they had another automount root have an empty folder there.
  assert.equal(await workspace.translate("/mnt/c/new"), "/mnt/c/new");
  assert.equal(await workspace.translate("/c/new"), "/mnt/c/new");
});

Deno.test("workspacePaths() gives the workspace's own socket for any name of the engine's", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (
    const source of [
      "/var/run/docker.sock",
      "/run/docker.sock",
      "//run//docker.sock",
      "/run/windlass/docker.sock",
      "/home/me/own.sock",
      "/home/me/.docker/run/docker.sock",
      "/run/user/1000/docker.sock",
      WORKSPACE_SOCKET,
    ]
  ) {
    for (const use of ["create", "require", "later"] as const) {
      assert.equal(await workspace.translate(source, use), WORKSPACE_SOCKET, source);
    }
  }
  const elsewhere = new FakeWorkspace({}, "/");
  assert.equal(await elsewhere.translate(WORKSPACE_SOCKET.slice(4)), WORKSPACE_SOCKET);
  elsewhere.failure = "unused";
  assert.equal(await elsewhere.translate("/var/run/docker.sock"), WORKSPACE_SOCKET);
});

Deno.test("workspacePaths() leaves the kernel's folders to the engine", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  workspace.failure = "unused";
  assert.equal(await workspace.translate("/proc/self/../1"), "/proc/1");
  assert.equal(await workspace.translate("/sys/fs/cgroup"), "/sys/fs/cgroup");
  workspace.failure = undefined;
  assert.equal(await workspace.translate("/home/me/kernel"), "/proc/self/mounts");
  assert.equal(await workspace.translate("/dev/shm"), "/dev/shm");
  assert.deepEqual(workspace.asked, ["/proc/1", "/sys/fs/cgroup", "/proc/self/mounts", "/dev/shm"]);
  assert.deepEqual(await workspace.translate("/dev/missing"), {
    refused: "containers get the engine's own '/dev', where it does not exist",
  });
});

Deno.test("workspacePaths() attaches the tree again for a file system that was mounted later", async () => {
  const workspace = new FakeWorkspace({ ...WORKSPACE_ENTRIES, "/data": null });
  workspace.mounts = [...workspace.mounts, "8:17 / /data rw - ext4 /dev/sdf rw"];
  assert.equal(await workspace.translate("/data/x"), `${WORKSPACE_FOLDER}/data/x`);
  assert.equal(workspace.renewals, 1);
  assert.equal(await workspace.translate("/data/y"), `${WORKSPACE_FOLDER}/data/y`);
  assert.equal(workspace.renewals, 1);
  // What was unmounted since would show the files of before.
  workspace.mounts = workspace.mounts.slice(0, -1);
  assert.equal(await workspace.translate("/data/y"), `${WORKSPACE_FOLDER}/data/y`);
  assert.equal(workspace.renewals, 2);

  const lasting = new FakeWorkspace({ "/data": null });
  lasting.mounts = [...lasting.mounts, "8:17 / /data rw - ext4 /dev/sdf rw"];
  const attached = lasting.attached;
  Object.defineProperty(lasting, "attached", { get: () => attached, set: () => {} });
  assert.deepEqual(await lasting.translate("/data/x"), {
    refused:
      "the file system at '/data' cannot be shared with the engine; use a folder on another one, or a volume",
  });
});

Deno.test("workspacePaths() leaves names of volumes, and reads nothing that is too long for a path", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (const source of ["", "volume", "./relative", "~/x", "C:\\x", "\\\\wsl$\\Ubuntu\\x"]) {
    assert.equal(await workspace.translate(source), undefined);
  }
  workspace.readLink = () => Promise.reject(new Error("it was read"));
  const long = "/a".repeat(2048);
  assert.equal(await workspace.translate(long), WORKSPACE_FOLDER + long);
});

Deno.test("workspacePaths() changes nothing the second time", async () => {
  const names = [
    "home",
    "me",
    "absolute",
    "relative",
    "drive",
    "top",
    "mnt",
    "c",
    "d",
    "q",
    "wsl",
    "Users",
    "link",
  ];
  const part = fc.constantFrom("/", "//", "/..", "/.", WORKSPACE_FOLDER, ...names.map((name) => `/${name}`));
  const use = fc.constantFrom("create", "require", "later");
  for (const root of ["/mnt/", "/"]) {
    const workspace = new FakeWorkspace({ ...WORKSPACE_ENTRIES, "/c": null, "/c/Users": null }, root);
    await fc.assert(fc.asyncProperty(fc.array(part), use, async (parts, use) => {
      const once = await workspace.translate(parts.join(""), use);
      if (typeof once !== "string") return;
      assert.equal(await workspace.translate(once, use), once);
    }));
  }
});

Deno.test("workspacePaths() answers volumes and sockets without a wait", () => {
  const never = () => Promise.reject(new Error("unused"));
  const translate = workspacePaths({
    name: "Debian",
    automountRoot: "/mnt/",
    socket: "/mnt/wsl/windlass/1/docker.sock",
    files: { readLink: never },
    mounts: { workspace: never, engine: never },
    root: { attach: never, renew: never },
    engineHas: never,
  });
  assert.equal(translate("volume", "create", NEVER), undefined);
  assert.equal(translate("/var/run/docker.sock", "create", NEVER), "/mnt/wsl/windlass/1/docker.sock");
});
