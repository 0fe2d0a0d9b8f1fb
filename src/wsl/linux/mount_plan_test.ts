import assert from "node:assert/strict";
import { driveRoot, mountPlan } from "./mount_plan.ts";
import { parseDistroSettings } from "./settings.ts";

function steps(settings: string, hostname = "box"): string[] {
  const plan = mountPlan({
    settings: parseDistroSettings(settings),
    hostname,
    cgroups: [
      { folder: "cpu,cpuacct", type: "cgroup", options: "cpu,cpuacct", links: ["cpu"] },
      { folder: "unified", type: "cgroup2", options: "", links: [] },
    ],
    devices: [{ kind: "c", mode: 0o666, major: 10, minor: 200, path: "net/tun" }],
  });
  return plan.split("\n");
}

Deno.test("mountPlan() takes what it needs of the shared root before it releases that", () => {
  assert.deepEqual(steps("").slice(0, 9), [
    "folder\t755\t/mnt/wsl",
    "bind\t/proc/wsl\t/mnt/wsl",
    "folder\t755\t/mnt/c",
    "host\t/mnt/c",
    "hide\t/mnt/c/proc",
    "hide\t/mnt/c/sys",
    "hide\t/mnt/c/dev",
    "release\t/proc",
    "mount\tproc\t/proc\tnosuid,nodev,noexec\t",
  ]);
});

Deno.test("mountPlan() ends with the line that the native helper waits for", () => {
  assert.deepEqual(steps("").slice(-2), ["end", ""]);
});

Deno.test("mountPlan() lays cgroups out as on the host", () => {
  const lines = steps("").filter((line) => line.includes("/sys/fs/cgroup"));
  assert.deepEqual(lines, [
    "mount\ttmpfs\t/sys/fs/cgroup\tnosuid,nodev,noexec\tmode=755",
    "folder\t755\t/sys/fs/cgroup/cpu,cpuacct",
    "mount\tcgroup\t/sys/fs/cgroup/cpu,cpuacct\tnosuid,nodev,noexec\tcpu,cpuacct",
    "link\tcpu,cpuacct\t/sys/fs/cgroup/cpu",
    "folder\t755\t/sys/fs/cgroup/unified",
    "mount\tcgroup2\t/sys/fs/cgroup/unified\tnosuid,nodev,noexec\t",
  ]);
});

Deno.test("mountPlan() makes folders for devices that lie in one", () => {
  const lines = steps("");
  assert.ok(lines.indexOf("folder\t755\t/dev/net") < lines.indexOf("node\tc\t666\t10\t200\t/dev/net/tun"));
});

Deno.test("mountPlan() shares the four trees that the real one shares", () => {
  assert.deepEqual(steps("").filter((line) => line.startsWith("share")), [
    "share\t/proc",
    "share\t/sys",
    "share\t/dev",
    "share\t/run",
  ]);
});

Deno.test("mountPlan() moves everything with the root of drives", () => {
  const lines = steps("[automount]\nroot=/win\n");
  assert.ok(lines.includes("bind\t/proc/wsl\t/win/wsl"));
  assert.ok(lines.includes("host\t/win/c"));
  assert.ok(lines.includes("link\t/win/wsl/resolv.conf\t/etc/resolv.conf"));
  assert.equal(driveRoot(parseDistroSettings("[automount]\nroot=/\n")), "/c");
});

Deno.test("mountPlan() leaves alone what wsl.conf keeps for itself", () => {
  const lines = steps(
    "[automount]\nenabled=false\n[network]\ngenerateHosts=false\ngenerateResolvConf=false\n",
  );
  assert.ok(!lines.some((line) => line.startsWith("host\t") || line.includes("/etc/hosts")));
  assert.ok(lines.includes("unlink\t/mnt/wsl/resolv.conf\t/etc/resolv.conf"));
});

Deno.test("mountPlan() lets no name or text break out of its field", () => {
  const lines = steps("", "a\tb\nc");
  assert.ok(lines.includes("hostname\ta-b-c"));
  assert.ok(lines.includes("file\t644\t/etc/hostname\ta-b-c\\n"));
});
