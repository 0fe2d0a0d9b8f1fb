import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { exists } from "../../support/test_rootfs.ts";
import { listProcesses } from "../../support/process_tree.ts";
import { openWindowsMachine, type WindowsMachine } from "../support/windows_machine.ts";
import { INBOX_WSL, WSL_FOLDER } from "./stub/install_wsl.ts";
import { importSmallDistro } from "./stub/small_distro.ts";
import { LXSS_KEY } from "./stub/lxss_mirror.ts";

const WSL = `${WSL_FOLDER}wsl.exe`;

async function importDistro(machine: WindowsMachine, name: string): Promise<void> {
  const { code, stdout } = await importSmallDistro(machine.wine, name);
  assert.deepEqual([stdout, code], ["The operation completed successfully. \r\n", 0]);
}

function call(
  { wine }: WindowsMachine,
  args: readonly string[],
  { stdin, environment = {} }: { stdin?: string | Uint8Array; environment?: Record<string, string> } = {},
) {
  const program = { program: WSL, args, environment: { WSL_UTF8: "1", ...environment } };
  return wine.run(program, stdin === undefined ? {} : { stdin });
}

Deno.test("wsl.exe of the tests imports, runs and unregisters as the one of Windows does", async (test) => {
  await using machine = await openWindowsMachine();
  const { wine } = machine;
  const before = await wine.exportRegistry(LXSS_KEY);
  await importDistro(machine, "small");
  const exec = (...words: string[]) => ["-d", "small", "--exec", ...words];

  await test.step("the registry lists the distro", async () => {
    const text = await wine.exportRegistry(LXSS_KEY);
    assert.match(text, /"DistributionName"="small"\n/);
    assert.match(text, /"BasePath"="C:\\\\users\\\\root\\\\distros\\\\small"\n/);
    assert.match(text, /"DefaultDistribution"="\{[0-9a-f-]{36}\}"\n/);
    assert.match(text, /"State"=dword:00000001\n/);
  });

  await test.step("arguments, folder and named variables reach the guest", async () => {
    const script = 'for a; do echo "<$a>"; done; pwd; echo "$LINK|$HIDDEN"';
    const result = await wine.run({
      program: WSL,
      args: exec("/bin/sh", "-c", script, "sh", "a b", 'q"', "", "ü 😀"),
      cwd: "C:\\users\\root",
      environment: { WSL_UTF8: "1", WSLENV: "LINK/p", LINK: "C:\\users\\root", HIDDEN: "h" },
    });
    assert.equal(result.stdout, '<a b>\n<q">\n<>\n<ü 😀>\n/mnt/c/users/root\n/mnt/c/users/root|\n');
  });

  await test.step("the guest's drive C is the prefix', both ways", async () => {
    await Deno.writeTextFile(join(wine.profile, "in.txt"), "from Windows");
    const copy = "cat /mnt/c/users/root/in.txt > /mnt/c/users/root/out.txt; ls /mnt/c";
    const { stdout } = await call(machine, exec("/bin/sh", "-c", copy));
    assert.equal(await Deno.readTextFile(join(wine.profile, "out.txt")), "from Windows");
    assert.deepEqual(stdout.trim().split("\n"), [
      "Program Files",
      "Program Files (x86)",
      "ProgramData",
      "users",
      "windows",
    ]);
  });

  await test.step("exit codes are those of the guest, and 32 bits for a failure", async () => {
    const script = join(wine.profile, "codes.ts");
    await Deno.writeTextFile(
      script,
      "const [program, ...calls] = Deno.args;\n" +
        "for (const words of calls) {\n" +
        "  const { code } = await new Deno.Command(program, { args: JSON.parse(words), stdin: 'null' }).output();\n" +
        "  console.log(code >>> 0);\n}\n",
    );
    const calls = [exec("/bin/sh", "-c", "exit 7"), exec("/bin/sh", "-c", "kill -9 $$"), ["-d", "none"]];
    const { stdout } = await wine.run(
      wine.denoScript(script, [WSL, ...calls.map((words) => JSON.stringify(words))]),
    );
    assert.deepEqual(stdout.trim().split("\n"), ["7", "9", "4294967295"]);
  });

  await test.step("its own text is UTF-16 without WSL_UTF8", async () => {
    const { stdoutBytes } = await call(machine, ["-d", "none"], { environment: { WSL_UTF8: "0" } });
    const text = new TextDecoder("utf-16le").decode(stdoutBytes);
    assert.match(
      text,
      /^There is no distribution with the supplied name\.\r\nError code: Wsl\/Service\/WSL_E_DISTRO_NOT_FOUND\r\n$/,
    );
  });

  await test.step("streams carry bytes apart, and the end of input leaves the others open", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    const input = new Uint8Array(6_000_000).map((_, index) => bytes[index % bytes.length]!);
    const { stdoutBytes, stderr } = await call(
      machine,
      exec("/bin/sh", "-c", "cat; echo done >&2; sleep 0.1; echo end"),
      { stdin: input },
    );
    const tail = new TextDecoder().decode(stdoutBytes.subarray(input.length));
    assert.deepEqual([sha256(stdoutBytes.subarray(0, input.length)), tail, stderr], [
      sha256(input),
      "end\n",
      "done\n",
    ]);
  });

  await test.step("a killed wsl.exe hangs up on its guest", async () => {
    // A number that no other test's guest has.
    const seconds = `${100_000 + crypto.getRandomValues(new Uint32Array(1))[0]!}`;
    await using process = wine.start({
      program: WSL,
      args: exec("/bin/sh", "-c", `echo up; sleep ${seconds}`),
    });
    await process.waitFor(/up/);
    process.kill("SIGKILL");
    await eventually(async () => {
      const left = (await listProcesses()).filter((entry) => entry.arguments.includes(seconds));
      assert.deepEqual(left.map((entry) => entry.arguments), []);
    });
  });

  await test.step("unregister takes all of it away", async () => {
    const { stdout, code } = await call(machine, ["--unregister", "small"]);
    assert.deepEqual([stdout, code], ["The operation completed successfully. \r\n", 0]);
    assert.equal(await exists(join(wine.profile, "distros", "small")), false);
    assert.equal(await wine.exportRegistry(LXSS_KEY), before);
  });
});

Deno.test("wsl.exe of the tests answers what a script says", async (test) => {
  await using machine = await openWindowsMachine({ installed: "inbox" });
  const { wine, wsl } = machine;
  const run = (utf8: string) =>
    wine.run({ program: INBOX_WSL, args: ["--status", "a b"], environment: { WSL_UTF8: utf8, LANG: "de" } });

  await test.step("in either encoding, with exact bytes and code", async () => {
    wsl.script(() => ({
      text: "Für Linux\n",
      stdout: new Uint8Array([0, 255]),
      stderr: new Uint8Array([1]),
      code: 9,
    }));
    const utf8 = await run("1");
    assert.deepEqual([...utf8.stdoutBytes], [...new TextEncoder().encode("Für Linux\r\n"), 0, 255]);
    assert.deepEqual([utf8.stderr, utf8.code], ["\u0001", 9]);
    const wide = await run("yes");
    assert.equal(new TextDecoder("utf-16le").decode(wide.stdoutBytes.subarray(0, -2)), "Für Linux\r\n");
  });

  await test.step("after it has said what it was called with", () => {
    const [last] = wsl.calls.slice(-1);
    assert.deepEqual([last!.commandLine, last!.args], ['--status "a b"', ["--status", "a b"]]);
    assert.deepEqual([last!.folder, last!.environment["WSL_UTF8"]], ["C:\\", "yes"]);
  });

  await test.step("or never, until it is killed", async () => {
    wsl.script(() => ({ text: "wait\n", hangs: true }));
    await using process = wine.start({ program: INBOX_WSL, environment: { WSL_UTF8: "1" } });
    await process.waitFor(/wait/);
  });

  await test.step("and the package is not installed", async () => {
    assert.equal(await exists(dirname(wine.toLinux(WSL))), false);
    assert.equal(await wine.exportRegistry(LXSS_KEY), "");
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
