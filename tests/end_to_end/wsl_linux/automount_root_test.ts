/** The folder that all distros share, and whom a distro belongs to: what the engine and the user's distros meet by. */
import assert from "node:assert/strict";
import { createWsl } from "../../../src/wsl/create_wsl.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { WslInstance } from "./fixture.ts";

const instance = oncePerFile(async () => {
  const opened = await WslInstance.withDistros(["usual", "rooted"]);
  await opened.script("rooted", "printf '[automount]\\nroot=/\\n[user]\\ndefault=jo\\n' > /etc/wsl.conf");
  await opened.call(["--terminate", "rooted"]);
  await opened.keep("usual");
  await opened.keep("rooted");
  return opened;
});

/** Runs a script as root; fails the test when it fails. */
async function asRoot(wsl: WslInstance, distro: string, text: string): Promise<string> {
  const { code, stdout, stderr } = await wsl.call([
    "-d",
    distro,
    "-u",
    "root",
    "--exec",
    "/bin/sh",
    "-ec",
    text,
  ]);
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("a drive and the shared folder are below the root that wsl.conf names", async () => {
  const wsl = await instance();
  assert.equal(
    await wsl.script(
      "rooted",
      "ls -d /c/etc /wsl/resolv.conf; readlink /etc/resolv.conf",
    ),
    "/c/etc\n/wsl/resolv.conf\n/wsl/resolv.conf\n",
  );
});

Deno.test("files and mounts that one distro makes in the shared folder appear in all, both ways", async () => {
  const wsl = await instance();
  await asRoot(
    wsl,
    "rooted",
    "mkdir -p /wsl/one/file /wsl/one/bound && mount --bind /etc /wsl/one/bound && echo x > /wsl/one/text",
  );
  assert.equal(
    await asRoot(wsl, "usual", "cat /mnt/wsl/one/text; grep -c default=jo /mnt/wsl/one/bound/wsl.conf"),
    "x\n1\n",
  );
  await asRoot(
    wsl,
    "usual",
    "mkdir /mnt/wsl/two && mount -t tmpfs none /mnt/wsl/two && echo y > /mnt/wsl/two/text",
  );
  assert.equal(
    await asRoot(wsl, "rooted", "cat /wsl/two/text && umount /wsl/two && rmdir /wsl/two && echo gone"),
    "y\ngone\n",
  );
  assert.equal(
    await asRoot(
      wsl,
      "usual",
      "umount /mnt/wsl/one/bound && ls -A /mnt/wsl/one/bound && rm -r /mnt/wsl/one; ls /mnt/wsl",
    ),
    "resolv.conf\n",
  );
});

Deno.test("the shared folder is shared, and the distro's own root is not", async () => {
  const wsl = await instance();
  const flags =
    "while read -r _ _ _ _ at _ flags _; do case $at in /|/mnt/wsl|/run) echo $at ${flags%:*};; esac; done < /proc/self/mountinfo";
  assert.deepEqual((await wsl.script("usual", flags)).trim().split("\n").sort(), [
    "/ -",
    "/mnt/wsl shared",
    "/run shared",
  ]);
});

Deno.test("a program without a user is its distro's default user's", async () => {
  const wsl = await instance();
  const driver = createWsl({ command: [Deno.execPath(), ...wsl.words([])], environment: wsl.environment() });
  const id = async (distro: string, user?: string | null) =>
    (await driver.run({ distro, argv: ["/bin/id", "-u"], ...(user === undefined ? {} : { user }) })).stdout;
  assert.deepEqual([
    await id("rooted", null),
    await id("rooted"),
    await id("rooted", "jo"),
    await id("usual", null),
  ], ["1000\n", "0\n", "1000\n", "0\n"]);
  assert.deepEqual([...await driver.running()].sort(), ["rooted", "usual"]);
  await driver.terminate("rooted");
  assert.deepEqual(await driver.running(), ["usual"]);
});
