import assert from "node:assert/strict";
import { join } from "node:path";
import { WslInstance } from "./fixture.ts";

const SUCCESS = "The operation completed successfully. \r\n";
const NOT_FOUND =
  "There is no distribution with the supplied name.\r\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n";
const NO_DISTRO = "Windows Subsystem for Linux has no installed distributions.\r\n" +
  "Import one with 'wsl --import <name> <folder> <archive>'.\r\n";

Deno.test("wsl commands", async (t) => {
  await using wsl = await WslInstance.open();
  const ok = (stdout: string) => ({ code: 0, stdout, stderr: "" });
  const failed = (stdout: string) => ({ code: 255, stdout, stderr: "" });
  const folder = (name: string) => join(wsl.home, name);

  await t.step("without any distro", async () => {
    assert.deepEqual(await wsl.call(["-l", "-q"]), ok(""));
    assert.deepEqual(await wsl.call(["-l", "-v"]), failed(NO_DISTRO));
    assert.deepEqual(await wsl.call(["--exec", "/bin/true"]), failed(NO_DISTRO));
    assert.deepEqual(await wsl.call(["--status"]), ok("Default Version: 2\r\n"));
    assert.deepEqual(await wsl.call(["--shutdown"]), ok(""));
    assert.deepEqual(await wsl.call(["-d", "x", "--exec", "/bin/true"]), failed(NOT_FOUND));
    assert.deepEqual(await wsl.call(["-t", "x"]), failed(NOT_FOUND));
    assert.deepEqual(await wsl.call(["--unregister", "x"]), failed(NOT_FOUND));
  });

  await t.step("--version has seven lines", async () => {
    const { code, stdout } = await wsl.call(["--version"]);
    const lines = stdout.split("\r\n");
    assert.deepEqual([code, lines.length, lines.at(-1)], [0, 8, ""]);
    assert.match(lines[0] as string, /^WSL version: (\d+\.)+\d+$/);
    assert.match(lines[1] as string, /^Kernel version: (\d+\.)+\d+/);
  });

  await t.step("what is not an argument, and --help", async () => {
    const text = "Invalid command line argument: --mount\r\n" +
      "Please use 'wsl.exe --help' to get a list of supported arguments.\r\n";
    assert.deepEqual(await wsl.call(["--mount", "x"]), failed(text));
    assert.deepEqual(await wsl.call(["-u"]), failed("Argument -u is missing a required parameter.\r\n"));
    const help = await wsl.call(["--help"]);
    assert.deepEqual([help.code, help.stdout.startsWith("Usage: wsl ")], [255, true]);
    assert.deepEqual(await wsl.call(["-l", "-q", "-v"]), failed(help.stdout + "\r\n"));
  });

  await t.step("--import from a file", async () => {
    assert.deepEqual(
      await wsl.call(["--import", "One.1", folder("one"), wsl.archive, "--version", "2"]),
      ok(SUCCESS),
    );
    assert.equal((await Deno.stat(folder("one/rootfs/bin/busybox"))).isFile, true);
  });

  for (
    const [format, packer] of [["gzip", "gzip"], ["xz", "xz"], ["zstd", "zstd"], ["bzip2", "bzip2"]] as const
  ) {
    await t.step(`--import of ${format} from stdin`, async () => {
      const packed = await new Deno.Command(packer, { args: ["-1", "-c", wsl.archive] }).output();
      const name = `two-${format}`;
      assert.deepEqual(
        await wsl.call(["--import", name, folder(name), "-"], { input: packed.stdout }),
        ok(SUCCESS),
      );
      assert.equal((await wsl.call(["-d", name, "--exec", "/bin/echo", "hi"])).stdout, "hi\n");
      assert.deepEqual(await wsl.call(["--unregister", name]), ok(SUCCESS));
      await assert.rejects(Deno.stat(folder(name)), Deno.errors.NotFound);
    });
  }

  await t.step("--import refuses", async () => {
    const register = (text: string, code: string) =>
      failed(`${text}\r\nError code: Wsl/Service/RegisterDistro/${code}\r\n`);
    const refuse = (name: string, directory: string, source = wsl.archive, input = "") =>
      wsl.call(["--import", name, directory, source], { input });
    assert.deepEqual(
      await refuse("one.1", folder("other")),
      register("A distribution with the supplied name already exists.", "ERROR_ALREADY_EXISTS"),
    );
    assert.deepEqual(
      await refuse("legacy", folder("other")),
      register('Invalid distribution name: "legacy".', "E_INVALIDARG"),
    );
    assert.deepEqual(
      await refuse("three", folder("one")),
      register("The supplied install location is already in use.", "ERROR_FILE_EXISTS"),
    );
    assert.deepEqual(
      await refuse("three", folder("a/b")),
      failed("The system cannot find the path specified. \r\nError code: Wsl/ERROR_PATH_NOT_FOUND\r\n"),
    );
    assert.deepEqual(
      await refuse("three", folder("three"), folder("missing.tar")),
      failed("The system cannot find the file specified. \r\nError code: Wsl/ERROR_FILE_NOT_FOUND\r\n"),
    );
    const bad = await refuse("three", folder("three"), "-", "this is not an archive");
    assert.deepEqual(
      [bad.code, bad.stdout.split("\r\n")[1]],
      [255, "Error code: Wsl/Service/RegisterDistro/WSL_E_IMPORT_FAILED"],
    );
    assert.match(bad.stderr, /Unrecognized archive format/);
    const empty = await new Deno.Command("tar", { args: ["-C", wsl.home, "-c", "one/rootfs/etc/passwd"] })
      .output();
    const odd = await wsl.call(["--import", "three", folder("three"), "-"], { input: empty.stdout });
    assert.deepEqual(
      odd,
      register(
        "The imported files are not a Linux distribution: there is neither /etc nor /bin/sh.",
        "WSL_E_NOT_A_LINUX_DISTRO",
      ),
    );
    await assert.rejects(Deno.stat(folder("three")), Deno.errors.NotFound);
    assert.deepEqual((await wsl.call(["-l", "-q", "--all"])).stdout, "One.1\r\n");
  });

  await t.step("lists", async () => {
    await wsl.call(["--import", "a-longer-name", folder("long"), wsl.archive]);
    const keeper = await wsl.keep("ONE.1");
    assert.equal(
      (await wsl.call(["-l", "-v"])).stdout,
      "  NAME             STATE           VERSION\r\n" +
        "* One.1            Running         2\r\n" +
        "  a-longer-name    Stopped         2\r\n",
    );
    assert.equal((await wsl.call(["-l", "-q", "--running"])).stdout, "One.1\r\n");
    assert.equal(
      (await wsl.call(["--list"])).stdout,
      "Windows Subsystem for Linux Distributions:\r\nOne.1 (Default)\r\na-longer-name\r\n",
    );
    const wide = await wsl.callRaw(["-l", "-q"], { wide: true });
    assert.equal(new TextDecoder("utf-16le").decode(wide.stdout), "One.1\r\na-longer-name\r\n");
    assert.deepEqual(await wsl.call(["-t", "one.1"]), ok(SUCCESS));
    assert.equal(await keeper.ended(), 1);
    assert.deepEqual(await wsl.call(["-t", "one.1"]), ok(SUCCESS));
    assert.deepEqual(await wsl.call(["-l", "--running"]), failed("There are no running distributions.\r\n"));
  });

  await t.step("--set-default and --status", async () => {
    assert.deepEqual(await wsl.call(["--set-default", "A-LONGER-NAME"]), ok(SUCCESS));
    assert.deepEqual(
      await wsl.call(["--status"]),
      ok("Default Distribution: a-longer-name\r\nDefault Version: 2\r\n"),
    );
  });

  await t.step("--distribution-id", async () => {
    const registry = JSON.parse(await Deno.readTextFile(join(wsl.home, "wsl/registry.json")));
    const guid = registry.DefaultDistribution as string;
    assert.match(guid, /^\{[0-9a-f-]{36}\}$/);
    assert.equal((await wsl.call(["--distribution-id", guid, "--exec", "/bin/echo", "hi"])).stdout, "hi\n");
    assert.equal((await wsl.call([guid.slice(1, -1), "--exec", "/bin/echo", "hi"])).stdout, "hi\n");
    assert.deepEqual(
      await wsl.call(["--distribution-id", "{00000000-0000-0000-0000-000000000000}", "--exec", "/bin/true"]),
      failed(
        "There is no distribution with the supplied name.\r\n" +
          "Error code: Wsl/Service/CreateInstance/ReadDistroConfig/WSL_E_DISTRO_NOT_FOUND\r\n",
      ),
    );
  });

  await t.step("--export to a file and to stdout, and back", async () => {
    await wsl.script("one.1", "echo kept > /root/kept; chown 1000:10 /root/kept");
    assert.deepEqual(
      await wsl.call(["--export", "one.1", folder("one.tar.gz"), "--format", "tar.gz"]),
      ok(SUCCESS),
    );
    const raw = await wsl.callRaw(["--export", "one.1", "-"]);
    assert.equal(raw.code, 0);
    for (
      const [name, source, input] of [["back", folder("one.tar.gz"), ""], ["back2", "-", raw.stdout]] as const
    ) {
      assert.deepEqual(await wsl.call(["--import", name, folder(name), source], { input }), ok(SUCCESS));
      assert.equal(await wsl.script(name, "cat /root/kept; stat -c %u:%g /root/kept"), "kept\n1000:10\n");
    }
  });

  await t.step("errors of the machine have a code and a remedy", async () => {
    const environment = { WINDLASS_WSL_HELPER: "/nonesuch" };
    await wsl.call(["--shutdown"]);
    assert.deepEqual(
      await wsl.call(["-d", "one.1", "--exec", "/bin/true"], { environment }),
      failed(
        "Cannot run the wsl helper: '/nonesuch' is not a file.\r\n" +
          "Start wsl through the windlass executable, which sets it, or point it at a compiled helper.\r\n" +
          "Error code: Wsl/WL_TOOL_MISSING\r\n",
      ),
    );
    assert.deepEqual(
      await wsl.call(["-l"], { environment: { WINDLASS_HOME: "relative" } }),
      failed(
        "Cannot use WINDLASS_HOME: 'relative' is not an absolute path.\r\n" +
          "Set WINDLASS_HOME to an absolute path of a folder that you can write to, or unset it.\r\n" +
          "Error code: Wsl/WL_HOME_INVALID\r\n",
      ),
    );
  });
});
