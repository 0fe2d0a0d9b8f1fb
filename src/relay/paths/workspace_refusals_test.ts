import assert from "node:assert/strict";
import { FakeWorkspace, WORKSPACE_ENTRIES, WORKSPACE_FOLDER } from "../../../tests/fakes/fake_workspace.ts";
import { FileSystemSilent } from "./resolve_links.ts";

Deno.test("workspacePaths() refuses what belongs to other clients, by any way there", async () => {
  const folder = "the folder belongs to Windlass itself, which shares it with no container";
  const debian = "these are files of the workspace 'Debian'; run the command there";
  const link = "it is a link to the files of a process of the engine; write the path of the files";
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (
    const [source, refused] of [
      ["/run/windlass/workspaces/Debian", debian],
      ["//run/./windlass//workspaces/Debian/home", debian],
      [`${WORKSPACE_FOLDER}/../Debian/home`, debian],
      ["/home/../run/windlass/workspaces/x/../Debian/home", debian],
      ["/mnt/wsl/windlass", folder],
      ["/mnt/wsl/windlass/usr", folder],
      ["/mnt/wsl//windlass/./roots/x", folder],
      ["/mnt/wsl/x/../windlass/roots", folder],
      [`${WORKSPACE_FOLDER}/mnt/wsl/windlass/roots`, folder],
      ["/mnt/wsl/windlass/00000000000000000000000000000000/docker.sock", folder],
      ["/mnt/wsl/windlass-other/roots", folder],
      ["/mnt/wsl/windlass-data/docker", folder],
      ["/home/me/roots", folder],
      ["/home/me/roots/../usr", folder],
      ["/home/me/top/mnt/wsl/windlass", folder],
      ["/proc/1/root/run/windlass/workspaces/Debian", link],
      ["/proc/self/cwd", link],
      ["/home/me/top/proc/1/task/1/root", link],
    ] as const
  ) {
    for (const use of ["create", "require", "later"] as const) {
      assert.deepEqual(await workspace.translate(source, use), { refused }, source);
    }
  }
  // The link leads to what does not exist in this distro.
  assert.deepEqual(await workspace.translate("/home/me/other"), {
    refused: "the link '/home/me/other' leads to '/run/windlass', which does not exist",
  });
  assert.equal(
    await workspace.translate("/home/me/other", "later"),
    `${WORKSPACE_FOLDER}/run/windlass/workspaces/Debian/home`,
  );
  workspace.mounts.push("0:31 / /srv/bound rw - tmpfs none rw");
  assert.deepEqual(await workspace.translate("/srv/bound/windlass/roots"), { refused: folder });
});

Deno.test("workspacePaths() refuses what leads nowhere, and what is missing only where the engine does", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  for (
    const [source, refused] of [
      ["/home/me/dangling/y", "the link '/home/me/dangling' leads to '/nowhere', which does not exist"],
      ["/home/me/loop", "it has too many levels of symbolic links"],
      ["/home/me/file.txt/x", "'/home/me/file.txt' is not a folder"],
    ] as const
  ) {
    for (const use of ["create", "require"] as const) {
      assert.deepEqual(await workspace.translate(source, use), { refused }, source);
    }
  }
  for (const source of ["/home/me/nope", "/mnt/c/nope", "/mnt/wsl/nope", `${WORKSPACE_FOLDER}/nope`]) {
    assert.deepEqual(await workspace.translate(source, "require"), {
      refused: "bind source path does not exist",
    });
  }
});

Deno.test("workspacePaths() says why the tree cannot be attached, or does not answer", async () => {
  const workspace = new FakeWorkspace(WORKSPACE_ENTRIES);
  workspace.failure = "the workspace 'Ubuntu-24.04' does not answer";
  assert.deepEqual(await workspace.translate("/home/me"), { refused: workspace.failure });
  workspace.failure = undefined;
  workspace.readLink = (path) => Promise.reject(new FileSystemSilent(path));
  for (const use of ["create", "require", "later"] as const) {
    assert.deepEqual(await workspace.translate("/net/dead", use), {
      refused: "the file system of '/net' did not answer within 10 s",
    });
  }
  const left = new AbortController();
  workspace.readLink = () => Promise.reject(left.signal.reason);
  left.abort(new Error("gone"));
  await assert.rejects(workspace.translate("/net/dead", "create", left.signal), /^Error: gone$/);
});
