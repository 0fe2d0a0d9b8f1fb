import assert from "node:assert/strict";
import { statePaths } from "../../../src/wsl/linux/state_paths.ts";
import { pause } from "../../support/eventually.ts";
import { hostTraces } from "../../support/host_traces.ts";
import {
  clockTime,
  eventually,
  forwarding,
  leaveBehind,
  tracesAfterEnd,
  UPTIME,
  WslInstance,
} from "./fixture.ts";

const IDLE_MILLISECONDS = 300;
/** Well over the idle time, and well below the time for a launch. */
const UNUSED_MILLISECONDS = 2_000;
/** A distro that does not end by itself is killed after 10 s: --terminate has to be quicker than that. */
const STOP_MILLISECONDS = 9_500;
/** What two clocks may differ by: the uptime has hundredths of seconds. */
const CLOCK_MILLISECONDS = 30;
const SHORT =
  `[general]\ninstanceIdleTimeout=${IDLE_MILLISECONDS}\n[wsl2]\nvmIdleTimeout=${IDLE_MILLISECONDS}\n`;

Deno.test("wsl and a terminal", async (t) => {
  await using wsl = await WslInstance.withDistros(["tiny"]);
  /** `script` runs the call on a terminal of its own and prints what appears there. */
  const onTerminal = async (text: string, input = "") => {
    const words = [
      Deno.execPath(),
      ...wsl.words(["-d", "tiny", "--cd", "/", "--exec", "/bin/sh", "-c", text]),
    ];
    const child = new Deno.Command("script", {
      args: ["-qec", words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" "), "/dev/null"],
      env: wsl.environment(),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    for (let sent = false;;) {
      const { value, done } = await reader.read();
      if (done) break;
      seen += value;
      if (!sent && seen.includes("go\r\n")) {
        sent = true;
        await writer.write(new TextEncoder().encode(input));
      }
    }
    await writer.close().catch(() => {});
    return { code: (await child.status).code, seen };
  };

  await t.step("gives a terminal for each handle that is one", async () => {
    const { code, seen } = await onTerminal("test -t 0 && test -t 1 && test -t 2 && tty; exit 5");
    assert.deepEqual([code, seen], [5, "/dev/pts/0\r\n"]);
  });

  await t.step("Ctrl-C reaches the guest as SIGINT", async () => {
    const { code, seen } = await onTerminal(
      "trap 'echo caught; exit 6' INT; echo go; while :; do sleep 0.1; done",
      "\x03",
    );
    assert.equal(code, 6);
    assert.match(seen, /^go\r\n(\^C)?caught\r\n$/);
  });

  await t.step("loses nothing of a large output", async () => {
    const { seen } = await onTerminal("yes 0123456789 | head -n 20000");
    assert.equal(seen.length, 12 * 20000);
  });
});

Deno.test("wsl processes and their end", async (t) => {
  await using wsl = await WslInstance.withDistros(["tiny", "other"], "[general]\ninstanceIdleTimeout=600\n");

  await t.step("killing wsl sends SIGHUP to its program", async () => {
    const child = wsl.start([
      ...["-d", "tiny", "--exec", "/bin/sh", "-c"],
      "trap 'echo hup > /tmp/hup; exit' HUP; echo up; while :; do sleep 0.1; done",
    ]);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await reader.cancel();
    await child.stderr.cancel();
    await child.status;
    await eventually(
      "the program notices",
      async () => (await wsl.script("tiny", "cat /tmp/hup 2>&1; true")) === "hup\n",
    );
  });

  await t.step("signals that wsl gets reach its program", async () => {
    for (const signal of ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2"] as const) {
      const child = wsl.start([
        ...["-d", "tiny", "--exec", "/bin/sh", "-c"],
        `trap 'echo got ${signal}; exit 7' ${signal}; echo up; while :; do sleep 0.1; done`,
      ]);
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      assert.equal((await reader.read()).value, "up\n");
      child.kill(`SIG${signal}`);
      assert.equal((await reader.read()).value, `got ${signal}\n`);
      await reader.cancel();
      await child.stderr.cancel();
      assert.equal((await child.status).code, 7, signal);
    }
  });

  await t.step("a distro whose programs have ended ends after the idle time", async () => {
    const ended = clockTime(await wsl.script("tiny", UPTIME));
    await eventually("idle", async () => (await wsl.states()).tiny === "Stopped");
    const idle = await wsl.lastTimeOf("wsl.distro.idle") - ended;
    assert.ok(idle >= IDLE_MILLISECONDS - CLOCK_MILLISECONDS, `idle after ${idle} ms`);
  });

  await t.step(
    "a distro waits for the launch of a call, although another program ends before it comes",
    async () => {
      const { serviceSocket } = statePaths(wsl.environment());
      using call = await Deno.connect({ transport: "unix", path: serviceSocket });
      const request = { do: "start", distro: { by: "name", name: "tiny" } };
      await call.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
      const answer = new Uint8Array(4_096);
      const length = await call.read(answer) ?? 0;
      assert.match(new TextDecoder().decode(answer.subarray(0, length)), /^{"ok":/);
      await wsl.script("tiny", "true");
      await pause(UNUSED_MILLISECONDS);
      assert.equal((await wsl.states()).tiny, "Running");
      await wsl.call(["--terminate", "tiny"]);
    },
  );

  await t.step("a program keeps its distro, and so does one that it left behind", async () => {
    const script = `${UPTIME}; ${leaveBehind(3, ">/dev/null 2>&1")}`;
    const begun = clockTime(await wsl.script("tiny", script));
    await eventually("idle", async () => (await wsl.states()).tiny === "Stopped");
    const lived = await wsl.lastTimeOf("wsl.distro.idle") - begun;
    assert.ok(lived >= 3_000 + IDLE_MILLISECONDS - CLOCK_MILLISECONDS, `idle after ${lived} ms`);
  });

  await t.step("--terminate kills at once, and calls return 1", async () => {
    const child = wsl.start([
      "-d",
      "tiny",
      "--exec",
      "/bin/sh",
      "-c",
      "trap '' TERM HUP; echo up; while :; do sleep 1; done",
    ]);
    const reader = child.stdout.getReader();
    await reader.read();
    const began = Date.now();
    await wsl.call(["--terminate", "tiny"]);
    const took = Date.now() - began;
    assert.ok(took < STOP_MILLISECONDS, `it took ${took} ms`);
    assert.equal((await child.status).code, 1);
    await reader.cancel();
    await child.stderr.cancel();
  });

  await t.step("pid, mount, ipc and uts are a distro's own, network and /mnt/wsl are shared", async () => {
    const keeper = await wsl.keep("tiny");
    const names = "for n in pid mnt ipc uts net cgroup; do readlink /proc/self/ns/$n; done";
    const [one, two] = await Promise.all([wsl.script("tiny", names), wsl.script("other", names)]);
    const [first, second] = [one, two].map((text) => text.trimEnd().split("\n"));
    assert.deepEqual(first?.map((name, index) => name === second?.[index]), [
      false,
      false,
      false,
      false,
      true,
      true,
    ]);

    await wsl.script(
      "tiny",
      "mkdir -p /srv/data /mnt/wsl/data && echo shared > /srv/data/file && mount --bind /srv/data /mnt/wsl/data",
    );
    assert.equal(await wsl.script("other", "cat /mnt/wsl/data/file"), "shared\n");
    await wsl.call(["--terminate", "tiny"]);
    await keeper.ended();
    assert.equal(await wsl.script("other", "cat /mnt/wsl/data/file"), "shared\n");
    // Each distro that starts now gets the mount, and its start takes it from none that runs.
    await wsl.call(["--terminate", "other"]);
    for (const name of ["other", "tiny", "other"]) {
      assert.equal(await wsl.script(name, "cat /mnt/wsl/data/file"), "shared\n", name);
    }
    assert.equal(
      await wsl.script("other", "mkdir /srv; mount -t tmpfs none /srv; grep -c ' /srv ' /proc/mounts"),
      "1\n",
    );
    assert.equal((await Deno.readTextFile("/proc/self/mountinfo")).includes(wsl.home), false);
  });

  await t.step("the host's kernel folders are not to be seen, only the cgroups of the distros", async () => {
    const text = "ls -A /mnt/c/sys; ls -A /mnt/c/proc; grep -c windlass- /proc/self/cgroup || true";
    assert.equal(await wsl.script("tiny", text), "0\n");
    assert.equal(await wsl.script("tiny", "find /sys/fs/cgroup -name 'windlass-*' | wc -l"), "0\n");
  });

  await t.step("wsl.conf decides host name, user, files and boot command", async () => {
    await wsl.script(
      "other",
      "printf '[network]\\nhostname = box\\ngenerateHosts=false\\ngenerateResolvConf=false\\n[user]\\ndefault=jo\\n[boot]\\ncommand = echo booted > /root/boot\\n[automount]\\nenabled=false\\n' > /etc/wsl.conf; rm -f /etc/hosts",
    );
    await wsl.call(["--terminate", "other"]);
    const text = await wsl.script(
      "other",
      "hostname; id -un; ls /etc/hosts /etc/resolv.conf 2>&1 | grep -c 'No such'; ls /mnt/c | wc -l",
    );
    assert.equal(text, "box\njo\n2\n0\n");
    // As in the real one, programs need not wait for the boot command.
    await eventually("the boot command has run", async () => {
      const asRoot = ["-d", "other", "-u", "root", "--cd", "/"];
      return (await wsl.call([...asRoot, "--exec", "/bin/cat", "/root/boot"])).stdout === "booted\n";
    });
    const { stderr } = await wsl.call(["-d", "other", "--exec", "/bin/pwd"], { cwd: "/usr" });
    assert.equal(stderr, "wsl: Failed to translate '/usr'\r\n");
  });
});

Deno.test("wsl leaves nothing on the host", async (t) => {
  const homes: string[] = [];
  const traces = async () => (await Promise.all(homes.map(hostTraces))).flat();
  await using one = await WslInstance.withDistros(["tiny"], SHORT);
  await using two = await WslInstance.withDistros(["tiny"], SHORT);
  homes.push(one.home, two.home);
  await eventually(
    "both services have ended",
    async () => (await traces()).every((trace) => !trace.startsWith("process")),
  );
  assert.deepEqual(await traces(), []);
  const { before: wasOn } = await forwarding();

  await t.step("after --shutdown, with two instances at once", async () => {
    const keepers = await Promise.all([one, two].map((instance) => instance.keep("tiny")));
    const addresses = await Promise.all(
      [one, two].map((instance) => instance.script("tiny", "ip -4 addr show dev eth0 | grep inet")),
    );
    assert.notEqual(addresses[0], addresses[1]);
    assert.ok((await traces()).length > 0);

    assert.deepEqual(await one.call(["--shutdown"]), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(await tracesAfterEnd([one.home]), []);
    assert.equal((await two.states()).tiny, "Running");
    assert.equal((await forwarding()).on, true);
    await two.call(["--shutdown", "--force"]);
    for (const keeper of keepers) assert.equal(await keeper.ended(), 1);
    assert.deepEqual(await tracesAfterEnd(homes), []);
    await eventually("forwarding is as before", async () => {
      const { on, users } = await forwarding();
      return on === wasOn || users.length > 0;
    });
  });

  await t.step("after the idle times, without being asked", async () => {
    await one.script("tiny", "true");
    await eventually("nothing is left", async () => (await traces()).length === 0);
  });
});
