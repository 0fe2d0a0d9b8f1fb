import assert from "node:assert/strict";
import type { HeldPort } from "../../agent/protocol/rpc_messages.ts";
import { NEVER } from "../../timing/sleep.ts";
import type { ContainerPorts } from "./port_choice.ts";
import { StartPorts } from "./start_ports.ts";

/** A machine with some taken TCP ports, and what is asked of the agent. */
function trial(container: ContainerPorts, taken: readonly number[]) {
  const holds: (readonly HeldPort[])[] = [];
  const ports = new StartPorts({
    describe: () => Promise.resolve(container),
    hold: (held) => {
      holds.push(held);
      return Promise.resolve();
    },
    log: () => {},
    taken: (protocol, { first, last }) =>
      Promise.resolve(new Set(taken.filter((port) => protocol === "tcp" && port >= first && port <= last))),
  });
  return { ports, holds };
}

function publishing(...hostPorts: string[]): ContainerPorts {
  return { HostConfig: { PortBindings: { "80/tcp": hostPorts.map((HostPort) => ({ HostPort })) } } };
}

function busy(port: number): string {
  return `{"message":"Cannot publish 0.0.0.0:${port}/tcp: another program holds the port"}`;
}

/** dockerd names no port when every number that it has tried was taken. */
function unbound(port: number | ""): string {
  return `{"message":"failed to bind host port for 0.0.0.0:${port}:172.17.0.2:80/tcp: address already in use"}`;
}

Deno.test("StartPorts holds what the machine has taken while dockerd chooses, but no number that was named", async () => {
  const { ports, holds } = trial(publishing("", "32770"), [80, 32_769, 32_770]);
  await ports.before("a", NEVER);
  assert.deepEqual(holds, [[{ protocol: "tcp", port: 32_769 }]]);
});

Deno.test("StartPorts asks nothing of the agent for a container that names its ports", async () => {
  const { ports, holds } = trial(publishing("8080"), [8080]);
  await ports.before("a", NEVER);
  assert.equal(await ports.refused("a", busy(8080), 1, NEVER), false);
  assert.deepEqual(holds, []);
});

Deno.test("StartPorts has a start repeated while dockerd's choice is taken, and not for ever", async () => {
  const { ports } = trial(publishing(""), [32_769]);
  assert.equal(await ports.refused("a", busy(32_769), 1, NEVER), true);
  assert.equal(await ports.refused("a", unbound(32_769), 2, NEVER), true);
  assert.equal(await ports.refused("a", unbound(""), 3, NEVER), true);
  assert.equal(await ports.refused("a", unbound(32_769), 41, NEVER), false);
  assert.equal(await ports.refused("a", '{"message":"no such file"}', 1, NEVER), false);
});

Deno.test("StartPorts releases a named number that it holds for another start", async () => {
  const holds: (readonly HeldPort[])[] = [];
  const ports = new StartPorts({
    describe: (container) => Promise.resolve(publishing(container === "chosen" ? "" : "32769")),
    hold: (held) => {
      holds.push(held);
      return Promise.resolve();
    },
    log: () => {},
    taken: () => Promise.resolve(new Set([32_769])),
  });
  await ports.before("chosen", NEVER);
  assert.equal(holds.length, 1);
  assert.equal(await ports.refused("named", unbound(32_769), 1, NEVER), true);
  assert.deepEqual(holds.at(-1), []);
  assert.equal(await ports.refused("named", busy(32_769), 2, NEVER), false);
});

Deno.test("StartPorts lets a start continue when dockerd or the agent does not answer", async () => {
  const ports = new StartPorts({
    describe: () => Promise.reject(new Error("gone")),
    hold: () => Promise.reject(new Error("gone")),
    log: () => {},
  });
  await ports.before("a", NEVER);
  await ports.engineStarts();
  assert.equal(await ports.refused("a", busy(32_769), 1, NEVER), false);
});
