import assert from "node:assert/strict";
import { planCgroups } from "./cgroup_plan.ts";

const UNIFIED = "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const VERSION_1 = [
  "31 25 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
  "32 31 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
  "33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
  "34 31 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
  "",
].join("\n");

function planFor(membership: string, mounts: string, isKernelRoot = false) {
  return planCgroups({ membership, mounts, isKernelRoot: () => isKernelRoot });
}

Deno.test("planCgroups() only passes controllers on at the kernel's root of version 2", () => {
  assert.deepEqual(planFor("0::/\n", UNIFIED, true), { version: 2, mounts: [], delegate: "/sys/fs/cgroup" });
});

Deno.test("planCgroups() moves processes out of the root of a control group namespace", () => {
  assert.deepEqual(planFor("0::/\n", UNIFIED), {
    version: 2,
    mounts: [],
    move: { from: "/sys/fs/cgroup", to: "/sys/fs/cgroup/windlass-agent" },
    delegate: "/sys/fs/cgroup",
  });
});

Deno.test("planCgroups() stays below the group that WSL gave the distro", () => {
  const folder = "/sys/fs/cgroup/wsl-user/distro-42";
  const expected = {
    version: 2,
    mounts: [],
    move: { from: folder, to: `${folder}/windlass-agent` },
    delegate: folder,
    parent: "/wsl-user/distro-42/docker",
  };
  assert.deepEqual(planFor("0::/wsl-user/distro-42\n", UNIFIED), expected);
  // The same again for an agent that was started by a predecessor's shell, in the leaf.
  assert.deepEqual(planFor("0::/wsl-user/distro-42/windlass-agent\n", UNIFIED), expected);
});

Deno.test("planCgroups() finds its way back from the leaf of a namespace root", () => {
  assert.equal(planFor("0::/windlass-agent\n", UNIFIED).delegate, "/sys/fs/cgroup");
});

Deno.test("planCgroups() takes the root when its own group is outside of the namespace", () => {
  assert.equal(planFor("0::/../other\n", UNIFIED).delegate, "/sys/fs/cgroup");
});

Deno.test("planCgroups() mounts the hierarchies of version 1 that nobody has mounted", () => {
  const membership = "5:name=systemd:/\n4:memory:/x\n3:cpu,cpuacct:/\n2:pids:/\n0::/\n";
  assert.deepEqual(planFor(membership, VERSION_1), {
    version: 1,
    mounts: [
      { folder: "/sys/fs/cgroup/systemd", options: "none,name=systemd" },
      { folder: "/sys/fs/cgroup/pids", options: "pids" },
    ],
  });
});

Deno.test("planCgroups() has nothing to do where version 1 is complete", () => {
  assert.deepEqual(planFor("4:memory:/x\n3:cpu,cpuacct:/\n0::/\n", VERSION_1), { version: 1, mounts: [] });
});
