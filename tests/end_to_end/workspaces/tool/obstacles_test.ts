import assert from "node:assert/strict";
import { ENABLE, MANIFEST, openToolTree, type Reported, type ToolTree } from "./tool_tree.ts";

/** What was skipped, with the reasons. */
function skipped(steps: readonly Reported[]) {
  return steps.filter(({ outcome }) => outcome === "skipped").map(({ path, why }) => `${path}: ${why}`);
}

async function makeReadOnly(distro: ToolTree, path: string): Promise<void> {
  const folder = `${distro.root}${path}`;
  for (const options of [["--rbind", folder, folder], ["-o", "remount,bind,ro", folder]]) {
    const { code, stderr } = await distro.outside(["mount", ...options]);
    assert.equal(code, 0, stderr);
  }
}

/** Makes a link one of a user's. */
async function giveAway(distro: ToolTree, path: string): Promise<void> {
  const { code, stderr } = await distro.outside(["chown", "-h", "1000:1000", `${distro.root}${path}`]);
  assert.equal(code, 0, stderr);
}

async function makeWritable(distro: ToolTree, path: string): Promise<void> {
  const { code, stderr } = await distro.outside(["umount", `${distro.root}${path}`]);
  assert.equal(code, 0, stderr);
}

Deno.test("A read-only distro is a state with its own error, and nothing is changed", async () => {
  await using distro = await openToolTree({ "/var/lib": null });
  const before = await distro.list();
  await makeReadOnly(distro, "");
  const { writable, unwritable } = await distro.probe();
  assert.deepEqual({ writable, unwritable }, { writable: false, unwritable: "/var/lib" });
  assert.deepEqual(await distro.failure(ENABLE), {
    error: "read-only",
    message: `Cannot write '${MANIFEST}': Read-only file system`,
  });
  assert.deepEqual(await distro.list(), before);
});

Deno.test("With a read-only /etc all else is placed; disable names nothing and leaves nothing", async () => {
  await using distro = await openToolTree({
    "/etc/profile.d": null,
    "/etc/fish": null,
    "/etc/tmpfiles.d": null,
  });
  const before = await distro.list();
  await makeReadOnly(distro, "/etc");
  assert.deepEqual(skipped(await distro.tool(ENABLE)), [
    "/etc/tmpfiles.d/windlass.conf: read-only",
    "/etc/profile.d/windlass.sh: read-only",
    "/etc/fish/conf.d/windlass.fish: read-only",
    "/etc/fish/completions/docker.fish: read-only",
  ]);
  const { files, unwritable } = await distro.probe() as { files: { state: string }[]; unwritable: string };
  assert.equal(unwritable, "/etc");
  assert.ok(files.every(({ state }) => state === "placed"), JSON.stringify(files));
  const [{ kept }] = await distro.tool(["disable"]) as [Reported];
  assert.deepEqual(kept, []);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("A file that cannot be removed now is named, and removed by the next disable", async () => {
  await using distro = await openToolTree({ "/etc/profile.d": null });
  const before = await distro.list();
  await distro.tool(ENABLE);
  await makeReadOnly(distro, "/etc");
  const [{ kept }] = await distro.tool(["disable"]) as [Reported];
  assert.deepEqual(kept, [{ path: "/etc/profile.d/windlass.sh", why: "read-only" }]);
  assert.equal((await distro.probe()).manifest, true);
  await makeWritable(distro, "/etc");
  assert.deepEqual(await distro.tool(["disable"]), [{ removed: ["/etc/profile.d/windlass.sh"], kept: [] }]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("No link of another user's is followed, nor one where others can make links", async () => {
  await using distro = await openToolTree({
    "/home/me/bin": null,
    "/usr/local/share": null,
    "/etc": null,
    "/usr/local/bin": "-> /home/me/bin",
  });
  // A link of a user's in a folder of root's, and one of root's where everybody can make links.
  await giveAway(distro, "/usr/local/bin");
  await Deno.symlink("/etc", distro.path("/usr/local/share/windlass"));
  await Deno.chmod(distro.path("/usr/local/share"), 0o777);
  const before = await distro.list();
  const steps = await distro.tool(ENABLE);
  assert.deepEqual(skipped(steps), [
    "/usr/local/share/windlass/workspace.conf: unsafe-link",
    "/usr/local/bin/windlass: unsafe-link",
    "/usr/local/bin/docker: unsafe-link",
    "/usr/local/bin/docker-compose: unsafe-link",
  ]);
  await distro.tool(["disable"]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("A planted temporary file or link is not written through", async () => {
  const planted = "/usr/local/bin/.windlass-new.docker";
  await using distro = await openToolTree({
    "/etc/passwd": "root:x:0:0::/:/bin/sh\n",
    [planted]: "-> /etc/passwd",
  });
  await Deno.chmod(distro.path("/usr/local/bin"), 0o777);
  await giveAway(distro, planted);
  await distro.tool(ENABLE);
  assert.equal(await Deno.readTextFile(distro.path("/etc/passwd")), "root:x:0:0::/:/bin/sh\n");
  assert.equal((await Deno.lstat(distro.path("/usr/local/bin/docker"))).isFile, true);
  await distro.tool(["disable"]);
  await assert.rejects(Deno.lstat(distro.path(planted)), Deno.errors.NotFound);
});

Deno.test("A dangling link, a loop and a file in place of a folder are skipped, and stay", async () => {
  await using distro = await openToolTree({
    "/usr/local/bin": "-> /opt/nowhere",
    "/usr/local/share": "-> share2",
    "/usr/local/share2": "-> share",
    "/usr/local/lib": "a file\n",
  });
  const before = await distro.list();
  assert.deepEqual(skipped(await distro.tool(ENABLE)), [
    "/usr/local/share/windlass/workspace.conf: unsafe-link",
    "/usr/local/bin/windlass: missing",
    "/usr/local/bin/docker: missing",
    "/usr/local/lib/docker/cli-plugins/docker-compose: not-a-folder",
    "/usr/local/lib/docker/cli-plugins/docker-buildx: not-a-folder",
    "/usr/local/bin/docker-compose: missing",
  ]);
  await distro.tool(["disable"]);
  assert.deepEqual(await distro.list(), before);
});

Deno.test("A pipe or a device in place of a file does not make the program wait", async () => {
  await using distro = await openToolTree({ "/usr/local/bin": null });
  const { code } = await distro.outside(["mkfifo", `${distro.root}/usr/local/bin/docker`]);
  assert.equal(code, 0);
  const steps = await distro.tool(ENABLE);
  assert.deepEqual(skipped(steps), ["/usr/local/bin/docker: foreign"]);
});
