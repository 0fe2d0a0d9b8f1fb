import assert from "node:assert/strict";
import { AGENT_SCRIPT } from "../../src/agent/protocol/distro_paths.ts";
import type { ProcessEntry } from "../support/process_tree.ts";
import { partsOf } from "./resident_memory.ts";

function process(pid: number, parent: number, name: string, ...args: string[]): ProcessEntry {
  return { pid, parent, name, arguments: args };
}

Deno.test("partsOf() puts each process of an instance into one part, and leaves containers out", () => {
  const parts = partsOf([
    process(10, 1, "windlass", "windlass", "host"),
    process(11, 1, "windlass", "windlass", "wsl", "--service"),
    process(12, 10, "wsl", "wsl", "relay"),
    process(13, 1, "wsl-helper", "wsl-helper", "distro"),
    process(20, 13, "deno", "deno", "run", AGENT_SCRIPT),
    process(21, 20, "dockerd", "dockerd"),
    process(22, 20, "containerd", "containerd"),
    process(23, 20, "containerd-shim", "containerd-shim-runc-v2"),
    process(24, 23, "sleep", "sleep", "1000000"),
  ], 10);
  assert.deepEqual(
    Object.fromEntries(parts),
    {
      "host": [10],
      "wsl service": [11],
      "helpers": [12, 13],
      "agent": [20],
      "dockerd": [21],
      "containerd and shims": [22, 23],
    },
  );
});
