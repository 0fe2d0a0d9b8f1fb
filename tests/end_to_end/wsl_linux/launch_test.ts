import assert from "node:assert/strict";
import { leaveBehind, WslInstance } from "./fixture.ts";

const MISSING =
  /^<3>WSL \(\d+ - Relay\) ERROR: CreateProcessCommon:\d+: execvpe\((.*)\) failed: No such file or directory\n$/;

Deno.test("wsl --exec", async (t) => {
  await using wsl = await WslInstance.withDistros(["tiny"]);
  const exec = (words: readonly string[], options = {}) =>
    wsl.call(["-d", "tiny", "--cd", "/", "--exec", ...words], options);
  const sh = (text: string, options = {}) => exec(["/bin/sh", "-c", text], options);

  await t.step("passes arguments as they are", async () => {
    const words = ["", "a b", 'say "hi"', "back\\slash\\", 'x\\"y', "new\nline", "\u{1F433}", "$HOME", "*"];
    const { stdout } = await exec([
      "/bin/sh",
      "-c",
      'for word; do printf "%s|" "$word"; done',
      "sh",
      ...words,
    ]);
    assert.equal(stdout, words.map((word) => `${word}|`).join(""));
  });

  await t.step("returns the exit status", async () => {
    assert.equal((await sh("exit 0")).code, 0);
    assert.equal((await sh("exit 7")).code, 7);
    assert.equal((await sh("exit 255")).code, 255);
  });

  await t.step("returns the raw wait status after a signal", async () => {
    assert.equal((await sh("kill -KILL $$")).code, 9);
    assert.equal((await sh("kill -TERM $$")).code, 15);
  });

  await t.step("takes 67 and 87 for failures of its own, as the real one does", async () => {
    assert.deepEqual(await sh("echo out; exit 67"), {
      code: 255,
      stdout: "out\nUser not found.\r\nError code: Wsl/WSL_E_USER_NOT_FOUND\r\n",
      stderr: "",
    });
    const { code, stdout } = await sh("exit 87");
    assert.equal(code, 255);
    assert.match(stdout, /\r\nError code: Wsl\/WSL_E_TTY_LIMIT\r\n$/);
  });

  await t.step("says when the program is missing", async () => {
    const { code, stdout, stderr } = await exec(["/bin/nonesuch"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(MISSING.exec(stderr)?.[1], "/bin/nonesuch");
  });

  await t.step("looks names without slash up in three folders only", async () => {
    assert.equal((await exec(["true"])).code, 0);
    await wsl.script("tiny", "mkdir -p /sbin && ln -s /bin/busybox /sbin/nproc && rm -f /bin/nproc");
    assert.equal((await exec(["nproc"])).code, 1);
  });

  await t.step("keeps stdout and stderr apart", async () => {
    const { stdout, stderr } = await sh("echo out; echo err >&2");
    assert.deepEqual([stdout, stderr], ["out\n", "err\n"]);
  });

  await t.step("gives no handle a terminal, but a controlling one", async () => {
    const { stdout } = await sh(
      "test -t 0 || test -t 1 || test -t 2 || echo none; : > /dev/tty && echo tty",
      {
        input: "",
      },
    );
    assert.equal(stdout, "none\ntty\n");
  });

  await t.step("passes the end of input on while output continues", async () => {
    const { stdout } = await sh("cat; sleep 0.2; echo after", { input: "input\n" });
    assert.equal(stdout, "input\nafter\n");
  });

  await t.step("carries 100 MB in and out unharmed", async () => {
    const bytes = new Uint8Array(100_000_000);
    for (let at = 0; at < bytes.length; at += 65536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, bytes.length)));
    }
    const output = await wsl.callRaw(["-d", "tiny", "--exec", "/bin/cat"], { input: bytes });
    assert.equal(output.code, 0);
    assert.equal(await sha256(output.stdout), await sha256(bytes));
  });

  await t.step("sends own text as UTF-16LE and the guest's bytes as they are", async () => {
    const output = await wsl.callRaw(["-d", "tiny", "--exec", "/bin/sh", "-c", "echo raw; exit 67"], {
      wide: true,
    });
    assert.equal(new TextDecoder().decode(output.stdout.subarray(0, 4)), "raw\n");
    const own = new TextDecoder("utf-16le").decode(output.stdout.subarray(4));
    assert.equal(own, "User not found.\r\nError code: Wsl/WSL_E_USER_NOT_FOUND\r\n");
  });

  await t.step("does not wait for a grandchild that holds stdout, and loses nothing", async () => {
    const { stdout, code } = await sh(`${leaveBehind(1_000)}; yes | head -c 1000000; exit 3`);
    assert.deepEqual([stdout.length, code], [1_000_000, 3]);
    assert.equal(await wsl.script("tiny", "ps | grep -c '[s]leep 1000'; kill $(cat /tmp/left)"), "1\n");
  });

  await t.step("gives the guest EPIPE when the reader has gone", async () => {
    const child = wsl.start(["-d", "tiny", "--exec", "/bin/sh", "-c", "yes 2>/dev/null; echo $? >/tmp/yes"]);
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    await child.stderr.cancel();
    assert.equal((await child.status).code, 0);
    assert.notEqual(await wsl.script("tiny", "cat /tmp/yes"), "0\n");
  });

  await t.step("lets a program close its input early", async () => {
    const { code } = await exec(["/bin/true"], { input: new Uint8Array(5_000_000) });
    assert.equal(code, 0);
  });
});

Deno.test("wsl options", async (t) => {
  await using wsl = await WslInstance.withDistros(["tiny"]);

  await t.step("-u runs as that user with its groups and home", async () => {
    const { stdout } = await wsl.call([
      "-u",
      "jo",
      "--cd",
      "~",
      "--exec",
      "/bin/sh",
      "-c",
      "id; pwd; echo $USER $HOME",
    ]);
    assert.equal(stdout, "uid=1000(jo) gid=1000(jo) groups=10(wheel),1000(jo)\n/tmp\njo /tmp\n");
  });

  await t.step("-u with an unknown user", async () => {
    const { code, stdout, stderr } = await wsl.call(["-u", "nosuch", "--exec", "/bin/true"]);
    assert.deepEqual([code, stdout], [255, "User not found.\r\nError code: Wsl/WSL_E_USER_NOT_FOUND\r\n"]);
    assert.match(
      stderr,
      /^<3>WSL \(\d+ - Relay\) ERROR: CreateProcessCommon:\d+: getpwnam\(nosuch\) failed \d+\n$/,
    );
  });

  await t.step("the shell form goes through the user's shell", async () => {
    assert.equal((await wsl.call(["-d", "tiny", "--", "echo", "$HOME", "a  b"])).stdout, "/root a  b\n");
    assert.equal((await wsl.call(["echo", "$0"])).stdout, "/bin/sh\n");
    assert.equal((await wsl.call(["--shell-type", "none", "echo", "$0"])).stdout, "$0\n");
  });

  await t.step("no command line starts a login shell", async () => {
    const { code, stdout } = await wsl.call(["-d", "tiny"], { input: "echo $0\nexit 4\n" });
    assert.deepEqual([code, stdout], [4, "-sh\n"]);
  });

  await t.step("the folder is the caller's own, seen through /mnt/c", async () => {
    assert.equal((await wsl.call(["--exec", "/bin/pwd"], { cwd: wsl.home })).stdout, `/mnt/c${wsl.home}\n`);
    assert.equal((await wsl.call(["--cd", "C:\\usr", "--exec", "/bin/pwd"])).stdout, "/mnt/c/usr\n");
    assert.equal((await wsl.call(["--cd", "C:/", "--exec", "/bin/pwd"])).stdout, "/mnt/c\n");
  });

  await t.step("a missing folder of the distro is only mentioned", async () => {
    const { code, stdout, stderr } = await wsl.call(["--cd", "/nowhere", "--exec", "/bin/echo", "ran"]);
    assert.deepEqual([code, stdout], [0, "ran\n"]);
    assert.match(stderr, /chdir\(\/nowhere\) failed 2\n$/);
  });

  await t.step("a missing folder of the host ends the call", async () => {
    const { code, stdout } = await wsl.call(["--cd", "C:\\nowhere", "--exec", "/bin/true"]);
    assert.equal(code, 255);
    assert.equal(
      stdout,
      "The system cannot find the path specified. \r\nError code: Wsl/ERROR_PATH_NOT_FOUND\r\n",
    );
  });

  await t.step("the environment is the distro's, but for what WSLENV names", async () => {
    const environment = {
      SECRET: "s",
      ONE: "1",
      WHERE: "/srv",
      WSLENV: "ONE:WHERE/p:UNSET:BACK/w",
      BACK: "b",
    };
    const { stdout } = await wsl.call(["-d", "tiny", "--exec", "/bin/env"], { environment });
    const lines = new Set(stdout.trimEnd().split("\n"));
    for (const line of ["ONE=1", "WHERE=/mnt/c/srv", "UNSET=", "HOME=/root", "WSL_DISTRO_NAME=tiny"]) {
      assert.ok(lines.has(line), line);
    }
    assert.ok(lines.has("WSLENV=ONE:WHERE/p:UNSET:BACK/w"));
    assert.ok(!stdout.includes("SECRET") && !stdout.includes("BACK=") && !stdout.includes("WINDLASS_HOME"));
  });
});

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
