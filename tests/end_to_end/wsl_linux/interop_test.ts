/** Programs of the machine that a distro runs, as Windows programs are run from within WSL. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { InteractiveProcess } from "../../support/interactive_process.ts";
import { oncePerFile } from "../../support/once_per_file.ts";
import { WslInstance } from "./fixture.ts";

const instance = oncePerFile(async () => {
  const opened = await WslInstance.withDistros(["plain", "off"]);
  await opened.script("off", "printf '[interop]\\nenabled=false\\n' > /etc/wsl.conf");
  await opened.call(["--terminate", "off"]);
  return opened;
});

/** Runs a shell of the machine from within the distro by its path on the drive; `words` follow its `-c`. */
function fromWithin(
  wsl: WslInstance,
  words: readonly string[],
  options: Parameters<WslInstance["call"]>[1] = {},
) {
  return wsl.call(
    ["-d", "plain", "-u", "jo", "--exec", "/init", "/mnt/c/bin/sh", "sh", "-c", ...words],
    options,
  );
}

Deno.test("a program runs on the machine, as the user who owns the service", async () => {
  const wsl = await instance();
  const here = await Promise.all(
    ["mnt", "net", "pid", "uts"].map((name) => Deno.readLink(`/proc/self/ns/${name}`)),
  );
  const script = 'for n in mnt net pid uts; do readlink /proc/self/ns/$n; done; id -u; echo "$0|$*"';
  const result = await fromWithin(wsl, [script, "zero", "a b", "", 'q"', "ü"]);
  assert.deepEqual(result, { code: 0, stdout: `${here.join("\n")}\n0\nzero|a b  q" ü\n`, stderr: "" });
});

Deno.test("its exit code comes back, and a signal as shells say it", async () => {
  const wsl = await instance();
  for (
    const [script, code] of [["exit 7", 7], ["exit 68", 68], ["exit 255", 255], ["kill -9 $$", 137]] as const
  ) {
    assert.deepEqual(await fromWithin(wsl, [script]), { code, stdout: "", stderr: "" });
  }
});

Deno.test("its streams are those of the caller, and the end of input leaves the others open", async () => {
  const wsl = await instance();
  const input = new Uint8Array(3_000_000).map((_, index) => index % 251);
  const { code, stdout, stderr } = await wsl.callRaw(
    ["-d", "plain", "--exec", "/init", "/mnt/c/bin/sh", "sh", "-c", "cat; echo done >&2; echo end"],
    { input },
  );
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, "done\n"]);
  assert.deepEqual(stdout.subarray(0, input.length), input);
  assert.equal(new TextDecoder().decode(stdout.subarray(input.length)), "end\n");
});

Deno.test("its folder is the caller's on the drive, or the distro's as the machine has it", async () => {
  const wsl = await instance();
  const script = "cd /mnt/c/etc && /init /mnt/c/bin/pwd pwd; cd /root && /init /mnt/c/bin/pwd pwd";
  assert.equal(await wsl.script("plain", script), `/etc\n${join(wsl.home, "plain/rootfs/root")}\n`);
});

Deno.test("of the caller's variables those cross that WSLENV names, with paths as the machine has them", async () => {
  const wsl = await instance();
  const script =
    "export A=a B=/mnt/c/srv C=/mnt/c/a:/home D=d E=/mnt/c WSLENV=A:B/p:C/l:D/u:E/pw:UNSET:X/z X=x HIDDEN=h; " +
    "/init /mnt/c/bin/sh sh -c 'echo \"$A|$B|$C|$D|$E|$X|$HIDDEN|$WINDLASS_HOME\"'";
  assert.equal(await wsl.script("plain", script), `a|/srv|/a:/home||/||${""}|${wsl.home}\n`);
});

Deno.test("a program has a terminal where its caller has one, with its size, keys and signals", async () => {
  const wsl = await instance();
  const words = wsl.words(["-d", "plain", "--cd", "/", "--exec", "/init", "/mnt/c/bin/sh", "sh", "-c"]);
  const script =
    'trap "echo interrupted; exit 3" INT; test -t 0 && test -t 1 && stty size && while :; do sleep 0.1; done';
  const quoted = [Deno.execPath(), ...words, script].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(
    " ",
  );
  await using terminal = new InteractiveProcess(
    ["script", "--quiet", "--return", "--command", `stty rows 33 cols 77; exec ${quoted}`, "/dev/null"],
    wsl.environment(),
  );
  await terminal.waitFor(/33 77/);
  await terminal.write("\x03");
  await terminal.waitFor(/interrupted/);
  assert.equal((await terminal.ended()).code, 3);
});

Deno.test("what a program has left behind stays when the distro ends", async () => {
  const wsl = await instance();
  const file = join(wsl.home, "left");
  // In a session of its own before the script ends: the end of that is a hang-up.
  const left = `setsid sh -c 'echo $$ > ${file}; exec sleep 600' >/dev/null 2>&1 </dev/null`;
  const { stdout } = await fromWithin(wsl, [
    `${left} & until test -s ${file}; do sleep 0.1; done; cat ${file}`,
  ]);
  const pid = Number(stdout);
  try {
    await wsl.call(["--terminate", "plain"]);
    assert.match(await Deno.readTextFile(`/proc/${pid}/cmdline`), /sleep/);
    const group = await Deno.readTextFile(`/proc/${pid}/cgroup`);
    assert.ok(!group.includes("/distro-"), group);
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
});

Deno.test("only files on the drive run", async () => {
  const wsl = await instance();
  for (const path of ["/bin/busybox", "/mnt/c/nonesuch", "/mnt/cc/bin/sh"]) {
    const { code, stdout, stderr } = await wsl.call(["-d", "plain", "--exec", "/init", path, "x"]);
    assert.deepEqual([code, stdout], [1, ""]);
    const said = new RegExp(
      `^<3>WSL \\(\\d+ - Relay\\) ERROR: CreateProcessCommon:\\d+: execvpe\\(${path}\\) failed: No such file or directory\n$`,
    );
    assert.match(stderr, said);
  }
});

Deno.test("a distro that has switched interop off has neither socket nor variable", async () => {
  const wsl = await instance();
  assert.equal(await wsl.script("off", 'ls /run/WSL; echo "<$WSL_INTEROP>"'), "drive\n<>\n");
  const { code, stdout, stderr } = await wsl.call([
    "-d",
    "off",
    "--exec",
    "/init",
    "/mnt/c/bin/true",
    "true",
  ]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^<3>WSL \(\d+ - \) ERROR: UtilConnectUnix:\d+: connect\(\/run\/WSL\/1_interop\) failed: No such file or directory\n$/,
  );
  assert.equal(await wsl.script("plain", "stat -c %a $WSL_INTEROP"), "777\n");
});

Deno.test("/init cannot be changed, and the environment of the machine is not in the distro", async () => {
  const wsl = await instance();
  assert.equal(
    await wsl.script("plain", "echo x > /init 2>/dev/null || echo refused; readlink /bin/wslpath"),
    "refused\n/init\n",
  );
  assert.equal(await wsl.script("plain", "tr -d '\\0' < /proc/1/environ | wc -c"), "0\n");
});

Deno.test("wslpath translates paths of the drive and of the distro, both ways", async () => {
  const wsl = await instance();
  const script = (words: string) => wsl.script("plain", `wslpath ${words}`);
  assert.equal(await script("-w /mnt/c/srv"), "C:\\srv\n");
  assert.equal(await script("-m /mnt/c"), "C:/\n");
  assert.equal(await script("-w /etc"), "\\\\wsl.localhost\\plain\\etc\n");
  assert.equal(await script("'C:\\srv\\a b'"), "/mnt/c/srv/a b\n");
  assert.equal(await script("-u c:/"), "/mnt/c/\n");
  assert.equal(await script("-u '\\\\wsl.localhost\\Plain\\etc\\x'"), "/etc/x\n");
  assert.equal(await script("-u '\\\\wsl$\\plain'"), "/\n");
  for (const words of ["-u 'D:\\x'", "-u '\\\\wsl.localhost\\other\\x'", "-w /nonesuch", "", "-q x"]) {
    const { code } = await wsl.call(["-d", "plain", "--exec", "/bin/sh", "-c", `wslpath ${words}`]);
    assert.equal(code, 1, words);
  }
});

Deno.test("a distro that has a wslpath of its own keeps it", async () => {
  const wsl = await instance();
  await wsl.script("off", "rm /bin/wslpath; ln -s /bin/busybox /bin/wslpath");
  await wsl.call(["--terminate", "off"]);
  assert.equal(await wsl.script("off", "readlink /bin/wslpath"), "/bin/busybox\n");
});

Deno.test("a distro of WSL 1 is listed, and refuses to run", async () => {
  const wsl = await instance();
  const imported = await wsl.call(["--import", "old", join(wsl.home, "old"), wsl.archive, "--version", "1"]);
  assert.equal(imported.code, 0);
  assert.match((await wsl.call(["-l", "-v"])).stdout, /^ {2}old +Stopped +1\r$/m);
  assert.deepEqual(await wsl.call(["-d", "old", "--exec", "/bin/true"]), {
    code: 255,
    stdout: "WSL1 is not supported with your current machine configuration.\r\n" +
      'Please enable the "Windows Subsystem for Linux" optional component to use WSL1.\r\n' +
      "Error code: Wsl/Service/CreateInstance/WSL_E_WSL1_NOT_SUPPORTED\r\n",
    stderr: "",
  });
  assert.equal((await wsl.call(["--unregister", "old"])).code, 0);
});
