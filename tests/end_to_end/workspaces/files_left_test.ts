/** What is left in a user's distro after it was switched off: nothing, but for what its user has changed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { assertSameFiles, filesOf, treeOf } from "../../support/user_distros/distro_tree.ts";
import { openUserDistro, type UserDistro } from "../../support/user_distros/user_distro.ts";
import { WORKSPACE_KINDS } from "../../support/user_distros/user_distro_kinds.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

/** The programs that run in the distro, but for the one that lists them. */
async function programsIn(distro: UserDistro): Promise<string[]> {
  const list = 'for p in /proc/[0-9]*; do cat "$p/comm" 2>/dev/null || true; done';
  return (await distro.script(list)).split("\n").filter((name) => name !== "cat" && name !== "sh").sort();
}

const windlass = oncePerFile(startWindlass);

for (const kind of WORKSPACE_KINDS) {
  Deno.test(`switching a distro of the kind '${kind}' on and off changes no file and leaves no process`, async () => {
    const instance = await windlass();
    await using distro = await openUserDistro(instance, kind);
    const programs = await programsIn(distro);
    const before = await treeOf(distro);

    await instance.run(["workspace", "enable", kind]);
    assert.notDeepEqual(await treeOf(distro), before);
    await eventually(async () => assert.deepEqual(await programsIn(distro), programs));

    await instance.run(["workspace", "disable", kind]);
    await eventually(async () => assert.deepEqual(await programsIn(distro), programs));
    assert.equal(await distro.script("ls -a /run | grep -c docker || true"), "0");
    assertSameFiles(await treeOf(distro), before);
  });
}

Deno.test("what the user has changed stays and is named, and can be removed by its user", async () => {
  const instance = await windlass();
  await using distro = await openUserDistro(instance, "debian");
  await instance.run(["workspace", "enable", "debian"]);
  const changed = "/etc/profile.d/windlass.sh";
  await distro.script(`echo '# mine' >> ${changed}`, { user: "root" });
  const said = await instance.run(["workspace", "disable", "debian"]);
  assert.ok(said.includes(changed), said);
  assert.match(await distro.script(`cat ${changed}`), /# mine$/);
  assert.equal(await distro.script("ls /usr/local/bin"), "");
});

Deno.test("uninstall switches every distro off, and a broken or removed one delays it by nothing", async () => {
  await using instance = await startWindlass();
  await using distro = await openUserDistro(instance, "debian");
  await using broken = await openUserDistro(instance, "busybox", "broken");
  await using gone = await openUserDistro(instance, "busybox", "gone");
  const before = await treeOf(distro);
  for (const { name } of [distro, broken, gone]) await instance.run(["workspace", "enable", name]);
  await broken.terminate();
  await Deno.rename(join(broken.files, "bin"), join(broken.files, "bin-away"));
  await Deno.rename(join(broken.files, "etc"), join(broken.files, "etc-away"));
  await instance.run(["wsl", "--unregister", gone.name]);

  const { code, stdout, stderr } = await instance.attempt(["uninstall", "--yes"]);
  assert.equal(code, 0, stdout + stderr);
  // The runner's list of distros is gone with it, and with that every way to stop one.
  assertSameFiles(await filesOf(distro), before);
});
