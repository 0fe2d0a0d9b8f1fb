import assert from "node:assert/strict";
import { countConnections, parseContainers, parseSwarmState } from "./read_use.ts";

const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 16531 /run/docker.sock
0000000000000000: 00000003 00000000 00000000 0001 03 29482 /run/docker.sock
0000000000000000: 00000003 00000000 00000000 0001 03 29483
0000000000000000: 00000003 00000000 00000000 0001 03 29484 /run/docker.sock
0000000000000000: 00000003 00000000 00000000 0001 03 29485 /run/docker.sock.old
0000000000000000: 00000002 00000000 00000000 0001 03 29486 /run/docker.sock
`;

Deno.test("countConnections() counts what the listener has taken, not the listener, the other ends, or clients that have gone", () => {
  assert.equal(countConnections(UNIX, "/run/docker.sock"), 2);
  assert.equal(countConnections("", "/run/docker.sock"), 0);
});

Deno.test("parseContainers() reads ids, names and states of a list", () => {
  const body = '[{"Id":"1","Names":["/web"],"State":"running"},{"Id":"2","Names":[],"State":"paused"}]';
  assert.deepEqual(parseContainers(body), [
    { id: "1", name: "web", state: "running" },
    { id: "2", name: "", state: "paused" },
  ]);
});

Deno.test("parseSwarmState() tells a node of a swarm from an engine of its own", () => {
  assert.equal(parseSwarmState('{"Swarm":{"LocalNodeState":"inactive"}}'), "inactive");
  assert.equal(parseSwarmState('{"Swarm":{"LocalNodeState":"active"}}'), "active");
  assert.equal(parseSwarmState('{"Swarm":{"LocalNodeState":""}}'), "inactive");
  assert.equal(parseSwarmState("{}"), "inactive");
});
