import assert from "node:assert/strict";
import { type DistroProcess, engineProcesses } from "./leftovers.ts";

function process(processId: number, network: string): DistroProcess {
  return { processId, network, commandLine: "" };
}

Deno.test("engineProcesses() are all outside of the shared network but the agent, its own programs and process 1", () => {
  const processes = [
    process(1, "net:[1]"), //  WSL's init
    process(7, "net:[1]"), //  the relay of a `wsl` call
    process(20, "net:[2]"), // the agent
    process(22, "net:[2]"), // a program that the agent runs for itself
    process(21, "net:[2]"), // a dockerd, shim or container with the host's network
    process(30, "net:[3]"), // a container
    process(40, "net:[4]"), // a predecessor's dockerd
  ];
  const found = engineProcesses(processes, {
    processId: 20,
    programs: new Set([22]),
    sharedNetwork: "net:[1]",
  });
  assert.deepEqual(found.map(({ processId }) => processId), [21, 30, 40]);
});
