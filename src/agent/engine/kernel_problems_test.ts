import assert from "node:assert/strict";
import { kernelProblems } from "./kernel_problems.ts";

const COMPLETE = {
  filesystems: "nodev\ttmpfs\nnodev\tmqueue\n\text4\nnodev\toverlay\n",
  namespaces: ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"],
  exists: () => true,
};

Deno.test("kernelProblems() is empty when nothing is missing", () => {
  assert.deepEqual(kernelProblems(COMPLETE), []);
});

Deno.test("kernelProblems() says what is missing and what follows", () => {
  const problems = kernelProblems({
    filesystems: "nodev\ttmpfs\nnodev\tmqueue\n",
    namespaces: COMPLETE.namespaces.filter((name) => name !== "user"),
    exists: (path) => path !== "/proc/sys/net/netfilter",
  });
  assert.deepEqual(problems, [
    "The kernel offers no overlay file system: images and containers would be stored as full copies",
    "The kernel offers no user namespaces: no container can be started",
    "The kernel offers no connection tracking: containers reach no network and publish no port",
  ]);
});
