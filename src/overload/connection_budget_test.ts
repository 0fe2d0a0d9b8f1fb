import assert from "node:assert/strict";
import { DEFAULT_MUX_LIMITS } from "../mux/mux_limits.ts";
import { ConnectionBudget } from "./connection_budget.ts";
import { connectionLimits } from "./connection_limits.ts";

const web = { key: "port 80", maximum: 20 };

Deno.test("ConnectionBudget holds a key to its own limit and gives the rest to others", () => {
  const budget = new ConnectionBudget(100);
  const shares = Array.from({ length: 25 }, () => budget.take(web));
  assert.equal(shares.filter((share) => share !== undefined).length, 20);
  assert.ok(budget.take({ key: "port 81", maximum: 20 }));
  assert.equal(budget.open, 21);
});

Deno.test("ConnectionBudget counts a share until its release, once", () => {
  const budget = new ConnectionBudget(1);
  const share = budget.take(web);
  assert.equal(budget.take(web), undefined);
  share?.release();
  share?.release();
  assert.equal(budget.open, 0);
  assert.ok(budget.take(web));
  assert.equal(budget.take(), undefined);
});

Deno.test("ConnectionBudget holds a connection to all of its limits", () => {
  const budget = new ConnectionBudget(100);
  const address = { key: "address", maximum: 3 };
  for (let port = 0; port < 3; port++) {
    assert.ok(budget.take({ key: `port ${port}`, maximum: 2 }, address));
  }
  assert.equal(budget.take({ key: "port 3", maximum: 2 }, address), undefined);
  assert.equal(budget.open, 3);
});

Deno.test("ConnectionBudget keeps its last eighth for keys with few connections", () => {
  const budget = new ConnectionBudget(80);
  for (const key of ["a", "b", "c", "d"]) {
    while (budget.take({ key, maximum: 1_000 }) !== undefined);
  }
  // The first took all but the last eighth, the second what a newcomer gets; then it was full.
  assert.equal(budget.open, 80 - 10 + 8 + 2);
  const roomy = new ConnectionBudget(80);
  while (roomy.take({ key: "a", maximum: 1_000 }) !== undefined);
  assert.equal(roomy.open, 70);
  assert.ok(roomy.take({ key: "newcomer", maximum: 1_000 }));
});

Deno.test("connectionLimits() leaves descriptors over, however few there are", () => {
  for (const descriptors of [256, 1_024, 4_096, 20_000, 1_048_576, undefined]) {
    const limits = connectionLimits(descriptors);
    const host = limits.data + limits.dockerClients + limits.ports;
    const agent = host + 2 * (limits.innerDockerClients + limits.workspaceClients + limits.dockerd) +
      limits.heldPorts;
    assert.ok(agent <= (descriptors ?? Infinity) * 31 / 32, `${descriptors}`);
    assert.ok(host + limits.innerDockerClients < DEFAULT_MUX_LIMITS.maximumStreams, `${descriptors}`);
    assert.ok(limits.container < limits.service && limits.port < limits.address, `${descriptors}`);
  }
  assert.deepEqual(connectionLimits(1_024), {
    data: 384,
    port: 96,
    address: 192,
    service: 96,
    proxyClient: 96,
    container: 48,
    dockerClients: 256,
    innerDockerClients: 64,
    workspaceClients: 16,
    dockerd: 8,
    ports: 128,
    heldPorts: 48,
  });
  assert.deepEqual(connectionLimits(undefined), {
    data: 6_144,
    port: 1_536,
    address: 3_072,
    service: 1_536,
    proxyClient: 1_536,
    container: 768,
    dockerClients: 5_120,
    innerDockerClients: 512,
    workspaceClients: 1_024,
    dockerd: 512,
    ports: 4_096,
    heldPorts: 4_096,
  });
});
