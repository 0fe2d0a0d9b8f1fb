import assert from "node:assert/strict";
import { cgroupHierarchies, cgroupMount } from "./cgroup_layout.ts";

const UNIFIED = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const HYBRID = [
  "30 24 0:26 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw",
  "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
  "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
  "33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
  "34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
].join("\n");

Deno.test("cgroupHierarchies() puts the subtree of a unified host at the top", () => {
  const [hierarchy, ...others] = cgroupHierarchies("0::/user.slice/session-1.scope\n", UNIFIED);
  assert.deepEqual(others, []);
  assert.deepEqual(hierarchy, { folder: "", version: 2, options: "", links: [], parent: "/sys/fs/cgroup" });
});

Deno.test("cgroupHierarchies() puts version 1 below this process's own groups", () => {
  const own = "4:memory:/jobs/7\n3:cpu,cpuacct:/\n2:pids:/x\n1:name=systemd:/jobs\n0::/jobs\n";
  const at = (name: string) => `/sys/fs/cgroup/${name}`;
  assert.deepEqual(cgroupHierarchies(own, HYBRID), [
    { folder: "memory", version: 1, options: "memory", links: [], parent: at("memory/jobs/7") },
    {
      folder: "cpu,cpuacct",
      version: 1,
      options: "cpu,cpuacct",
      links: ["cpu", "cpuacct"],
      parent: at("cpu,cpuacct"),
    },
    // pids is mounted nowhere
    { folder: "systemd", version: 1, options: "none,name=systemd", links: [], parent: at("systemd/jobs") },
    { folder: "unified", version: 2, options: "", links: [], parent: at("unified/jobs") },
  ]);
});

Deno.test("cgroupHierarchies() stays within what a container mounts", () => {
  const mounts = "31 30 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const parent = (path: string) => cgroupHierarchies(`4:memory:${path}\n`, mounts)[0]?.parent;
  assert.equal(parent("/docker/abc"), "/sys/fs/cgroup/memory");
  assert.equal(parent("/docker/abc/job"), "/sys/fs/cgroup/memory/job");
  assert.equal(parent("/elsewhere"), "/sys/fs/cgroup/memory");
  assert.equal(parent("/../other"), "/sys/fs/cgroup/memory");
});

Deno.test("cgroupMount() mounts the kind that the host has", () => {
  const [memory] = cgroupHierarchies("4:memory:/\n", HYBRID);
  assert.deepEqual(memory && cgroupMount(memory), {
    folder: "memory",
    type: "cgroup",
    options: "memory",
    links: [],
  });
});
