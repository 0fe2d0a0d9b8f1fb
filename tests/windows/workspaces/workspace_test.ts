/** Workspaces as windlass.exe makes them, in a distro that the stub of wsl.exe runs. */
import assert from "node:assert/strict";
import type { Workspace, WorkspaceList } from "../../../src/api/resources/workspaces.ts";
import { eventually } from "../../support/eventually.ts";
import { IMAGE } from "../docker/cases/windows_case.ts";
import { startWindowsInstance } from "../support/windows_instance.ts";
import { WSL_FOLDER } from "../wsl/stub/install_wsl.ts";
import { importSmallDistro } from "../wsl/stub/small_distro.ts";

const NAME = "Ubuntu";
const SHARES = [`\\\\wsl.localhost\\${NAME}`, `\\\\wsl$\\${NAME}`, "\\\\wsl.localhost\\ubuntu"];

Deno.test("windlass.exe switches a distro on and off, and docker.exe mounts its folders", async (test) => {
  await using instance = await startWindowsInstance();
  const { docker, machine: { wine } } = instance;
  assert.equal((await importSmallDistro(wine, NAME)).code, 0);
  const inDistro = async (...argv: string[]) => {
    const { code, stdout, stderr } = await wine.run({
      program: `${WSL_FOLDER}wsl.exe`,
      args: ["-d", NAME, "--exec", ...argv],
      environment: { WSL_UTF8: "1" },
    });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const listed = async () => {
    const { workspaces } = JSON.parse(
      await instance.run(["workspace", "list", "--json"]),
    ) as WorkspaceList;
    return workspaces.find(({ name }) => name === NAME)!;
  };

  /** Every file of the distro's own, but what the tests put into the home of root. */
  const tree = async () => {
    const others = ["/dev", "/mnt", "/proc", "/root", "/sys"].flatMap((
      path,
    ) => ["-path", path, "-prune", "-o"]);
    return (await inDistro("/bin/busybox", "find", "/", ...others, "-print")).split("\n").sort();
  };
  const before = await tree();

  await test.step("list shows the distro, which is off", async () => {
    const { enabled, ineligible, problems } = await listed();
    assert.deepEqual([enabled, ineligible, problems], [false, null, []]);
    assert.match(await instance.run(["workspace", "list"]), /^Ubuntu: off/m);
  });

  await test.step("docker.exe gets a sentence that says how to switch it on", async () => {
    const mount = ["run", "--rm", "-v", `${SHARES[0]}\\data:/data`, IMAGE, "ls", "/data"];
    const { code, stderr } = await docker.attempt(mount);
    assert.equal(code, 125);
    assert.match(stderr, /windlass workspace enable Ubuntu/);
  });

  await test.step("enable makes docker work in the distro", async () => {
    assert.match(await instance.run(["workspace", "enable", "ubuntu"]), /^Ubuntu is on/);
    assert.equal(await inDistro("/usr/local/bin/docker", "version", "--format", "{{.Server.Os}}"), "linux");
    // If the distro has stopped meanwhile, its socket comes back a moment after its start.
    await eventually(async () => {
      const { enabled, found } = JSON.parse(
        await instance.run(["workspace", "check", NAME, "--json"]),
      ) as Workspace;
      assert.deepEqual([enabled, found?.socket, found?.docker], [true, "ours", "ours"]);
    });
  });

  await test.step("docker.exe mounts a folder of the distro, in every way to write it", async () => {
    await inDistro("/bin/sh", "-c", "echo 'from the distro' > /root/file");
    for (const share of SHARES) {
      const args = ["run", "--rm", "-v", `${share}\\root:/data`, IMAGE, "cat", "/data/file"];
      assert.equal(await docker.run(args), "from the distro", share);
    }
    const write = ["run", "--rm", "-v", `${SHARES[0]}\\root:/data`, IMAGE, "sh", "-c", "echo x > /data/out"];
    await docker.run(write);
    assert.equal(await inDistro("/bin/cat", "/root/out"), "x");
  });

  await test.step("a client in the distro and docker.exe see the same engine, and each its own paths", async () => {
    const mount = ["run", "--rm", "-v", "/root:/data", IMAGE, "cat", "/data/file"];
    assert.equal(await inDistro("/usr/local/bin/docker", ...mount), "from the distro");
    const list = ["ps", "--all", "--format", "{{.Names}}"];
    await docker.run(["create", "--name", "seen", IMAGE]);
    assert.equal(await inDistro("/usr/local/bin/docker", ...list), "seen");
    await docker.run(["rm", "seen"]);
  });

  await test.step("disable leaves nothing in the distro", async () => {
    assert.equal(
      await instance.run(["workspace", "disable", NAME]),
      "Ubuntu is off, and nothing of Windlass is left in it",
    );
    assert.equal((await listed()).enabled, false);
    assert.deepEqual(await tree(), before);
  });
});
