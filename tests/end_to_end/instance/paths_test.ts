import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type DockerClient, openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";
import { openTestClients } from "../../support/test_clients.ts";
import { runChecked, runCommand } from "../../support/run_command.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { startWindlass } from "../../support/windlass_instance.ts";

/** Somebody who is not root, as images with a user of their own have. */
const USER = "1000:1000";

Deno.test("the paths that clients send", async (test) => {
  await using owned = new AsyncDisposableStack();
  const instance = owned.use(await startWindlass());
  const docker: DockerClient = owned.use(await openDockerClient(instance.dockerHost));
  await importTestImage(docker);
  /** Everything of the user's own: a real folder and links to it. */
  const folder = owned.use(await openTemporaryFolder("windlass-paths")).path;
  const at = (path: string) => join(folder, path);
  await Deno.mkdir(at("real"));
  await Deno.writeTextFile(at("real/f"), "ok\n");
  await Deno.symlink(at("real"), at("absolute"));
  await Deno.symlink("real", at("relative"));
  await Deno.symlink(at("real/f"), at("file"));
  await Deno.symlink(folder, at("top"));
  await Deno.symlink(at("nowhere"), at("dangling"));
  await Deno.symlink(at("loop"), at("loop"));

  /** What `windlass wsl` shows of a path in the engine's distro. */
  async function inDistro(...argv: string[]): Promise<string> {
    const { name } = (await instance.status()).distro;
    return (await instance.attempt(["wsl", "-d", name, "-u", "root", "--exec", ...argv])).stdout.trim();
  }

  async function catInContainer(mount: readonly string[], path = "/x/f"): Promise<string> {
    return await docker.run(["run", "--rm", ...mount, TEST_IMAGE, "cat", path]);
  }

  async function refusalOf(args: readonly string[]): Promise<string> {
    const { code, stderr } = await docker.attempt(["run", "--rm", ...args, TEST_IMAGE, "true"]);
    assert.notEqual(code, 0);
    return stderr.split("\n")[0]!.replace("docker: Error response from daemon: ", "");
  }

  await test.step("a bind mount leads where its links lead on the machine", async () => {
    for (const path of ["absolute", "relative", "absolute/../real", "top/absolute", "top/top/relative"]) {
      assert.equal(await catInContainer(["-v", `${at(path)}:/x`]), "ok", path);
      assert.equal(await catInContainer(["--mount", `type=bind,src=${at(path)},dst=/x`]), "ok", path);
    }
    assert.equal(await catInContainer(["-v", `${at("file")}:/f:ro`], "/f"), "ok");
    await docker.run([
      "volume",
      "create",
      "--opt",
      "type=none",
      "--opt",
      "o=bind",
      "--opt",
      `device=${at("absolute")}`,
      "linked",
    ]);
    assert.equal(await catInContainer(["-v", "linked:/x"]), "ok");
    await docker.run(["volume", "rm", "linked"]);
    await docker.run(["run", "--rm", "-v", `${at("absolute/made")}:/x`, TEST_IMAGE, "touch", "/x/g"]);
    assert.ok((await Deno.stat(at("real/made/g"))).isFile);
    assert.equal(await inDistro("ls", "-d", folder), "");
  });

  await test.step("a path that cannot be mounted is refused in the user's words", async () => {
    const mount = (path: string) => ["--mount", `type=bind,src=${path},dst=/x`];
    assert.equal(
      await refusalOf(mount(at("nope"))),
      `Cannot mount '${at("nope")}': bind source path does not exist`,
    );
    const dangling = `Cannot mount '${at("dangling")}': the link '${at("dangling")}' leads to '${
      at("nowhere")
    }', which does not exist`;
    assert.equal(await refusalOf(mount(at("dangling"))), dangling);
    assert.equal(await refusalOf(["-v", `${at("dangling")}:/x`]), dangling);
    assert.equal(
      await refusalOf(["-v", `${at("loop")}:/x`]),
      `Cannot mount '${at("loop")}': it has too many levels of symbolic links`,
    );
    assert.equal(
      await refusalOf(["-v", `${at("file")}/x:/x`]),
      `Cannot mount '${at("file")}/x': '${at("real/f")}' is not a folder`,
    );
  });

  await test.step("compose mounts what a linked project folder holds", async () => {
    await Deno.writeTextFile(
      at("real/compose.yaml"),
      `services: {a: {image: "${TEST_IMAGE}", command: cat /x/f /y/f, volumes: ["./:/x", "linked:/y"]}}\n` +
        `volumes: {linked: {driver_opts: {type: none, o: bind, device: "${at("absolute")}"}}}\n`,
    );
    const compose = ["compose", "--project-directory", at("absolute"), "-f", at("absolute/compose.yaml")];
    assert.equal(await docker.run([...compose, "run", "--rm", "-T", "a"]), "ok\nok");
    await docker.run([...compose, "down", "--volumes"]);
  });

  /** Mounts the CLI and the socket into a container. */
  async function withDocker(socket = "/var/run/docker.sock"): Promise<string[]> {
    const cli = (await openTestClients()).docker;
    const libraries = ["/lib", "/lib64", "/usr/lib"].flatMap((path) => ["-v", `${path}:${path}:ro`]);
    return ["-v", `${socket}:/var/run/docker.sock`, "-v", `${dirname(cli)}:/cli:ro`, ...libraries];
  }

  await test.step("a container with the socket starts others with the paths of the machine", async () => {
    const inner = ["run", "--rm", "-v", `${at("absolute")}:/x`, TEST_IMAGE, "cat", "/x/f"];
    for (const socket of ["/var/run/docker.sock", "/run/docker.sock", instance.socketPath]) {
      const outer = ["run", "--rm", ...await withDocker(socket), TEST_IMAGE, "/cli/docker"];
      assert.equal(await docker.run([...outer, ...inner]), "ok", socket);
    }
    // What it inspects is the engine's name of the path; others are created from that.
    const again = [...inner.slice(0, 3), `/mnt/c${at("absolute")}:/x`, ...inner.slice(4)];
    assert.equal(
      await docker.run(["run", "--rm", ...await withDocker(), TEST_IMAGE, "/cli/docker", ...again]),
      "ok",
    );
    assert.equal(await inDistro("ls", "-d", folder), "");
  });

  /** The machine's own list decides: a file system mounted in a folder that shares its mounts is seen at once. */
  const late = at("usb");
  await test.step("a file system that is mounted later is seen or refused, never an empty folder", async () => {
    await Deno.mkdir(late);
    await runChecked(["mount", "-t", "tmpfs", "windlass-test", late]);
    owned.defer(() => runCommand(["umount", "-l", late]).then(() => {}));
    await Deno.writeTextFile(join(late, "f"), "new");
    const { code, stdout, stderr } = await docker.attempt([
      "run",
      "--rm",
      "-v",
      `${late}:/x`,
      TEST_IMAGE,
      "cat",
      "/x/f",
    ]);
    if (code === 0) assert.equal(stdout, "new");
    else {
      assert.ok(
        stderr.includes(
          `Cannot mount '${late}': the file system at '${late}' was mounted after the engine was started; ` +
            "run 'windlass restart', or 'mount --make-rshared /' before the next start",
        ),
        stderr,
      );
    }
  });

  await test.step("the socket keeps its group and serves a container across a restart of the engine", async () => {
    const group = await docker.run([
      "run",
      "--rm",
      "-v",
      "/run/docker.sock:/s",
      TEST_IMAGE,
      "stat",
      "-c",
      "%a %g",
      "/s",
    ]);
    const [mode, gid] = group.split(" ");
    assert.equal(mode, "660");
    const watcher = ["--restart", "always", "--user", USER, "--group-add", gid!, "--name", "watcher"];
    const poll =
      "while :; do /cli/docker ps -q --no-trunc > /out/ids.new && mv /out/ids.new /out/ids; sleep 0.2; done";
    await Deno.mkdir(at("out"));
    await Deno.chmod(at("out"), 0o777);
    const mounts = [...await withDocker(), "-v", `${at("out")}:/out`];
    const id = await docker.run(["run", "-d", ...watcher, ...mounts, TEST_IMAGE, "sh", "-c", poll]);
    const seen = () =>
      eventually(async () => assert.equal((await Deno.readTextFile(at("out/ids"))).trim(), id));
    await seen();
    await instance.run(["restart"]);
    await Deno.remove(at("out/ids"));
    await docker.run(["version"]);
    await seen();
    assert.equal(await docker.run(["exec", "watcher", "stat", "-c", "%a %g", "/var/run/docker.sock"]), group);
    await docker.run(["rm", "-f", "watcher"]);
    assert.equal(await catInContainer(["-v", `${late}:/x`]), "new");
    await runChecked(["umount", late]);
  });

  await test.step("the kernel's folders are the engine's own, and nothing is made beneath the machine's", async () => {
    const agent = [
      "-v",
      "/sys:/sys:ro",
      "-v",
      "/dev:/dev",
      "-v",
      "/proc:/host/proc:ro",
      "-v",
      "/var/run:/var/run",
    ];
    const look = "ls /sys/class/net /host/proc/1 | grep -c . ; echo x > /dev/null; ls -d /var/run/lock";
    const [count, run] = (await docker.run(["run", "--rm", ...agent, TEST_IMAGE, "sh", "-c", look])).split(
      "\n",
    );
    assert.ok(Number(count) > 10);
    assert.equal(run, "/var/run/lock");
    const groups = [
      "-v",
      "/sys/fs/cgroup:/sys/fs/cgroup:ro",
      "-v",
      "/dev/shm:/dev/shm",
      "-v",
      "/dev/null:/null",
    ];
    assert.notEqual(await docker.run(["run", "--rm", ...groups, TEST_IMAGE, "ls", "/sys/fs/cgroup"]), "");
    assert.equal(
      await refusalOf(["-v", "/dev/windlass-none:/x"]),
      "Cannot mount '/dev/windlass-none': containers get the engine's own '/dev', where it does not exist",
    );
    const beneath = "ls -A /host/proc /host/sys /host/dev | grep -v :; touch /host/dev/x; ls /host/etc/hosts";
    const all = await docker.run(["run", "--rm", "-v", "/:/host:rslave", TEST_IMAGE, "sh", "-c", beneath]);
    assert.equal(all, "/host/etc/hosts");
  });

  await test.step("the engine's distro has what published compose files mount", async () => {
    for (
      const path of ["/etc/localtime", "/etc/timezone", "/etc/machine-id", "/etc/passwd", "/etc/os-release"]
    ) {
      assert.match(await inDistro("stat", "-L", "-c", "%F %s", path), /^regular file [1-9]/, path);
    }
    for (const path of ["/lib/modules", "/var/log"]) {
      assert.equal(await inDistro("stat", "-L", "-c", "%F", path), "directory");
    }
    assert.equal(await inDistro("stat", "-c", "%F", "/run/docker.sock"), "socket");
  });
});
