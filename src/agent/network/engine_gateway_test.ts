import assert from "node:assert/strict";
import { destinationOf } from "./engine_gateway.ts";
import { networkAddresses } from "./network_addresses.ts";
import { loopbackRules, redirectRules } from "./redirect_rules.ts";

const NETWORK = networkAddresses("10.9.9");

Deno.test("destinationOf() tells the machine, the proxy and loopback apart by what was asked for", () => {
  const of = (askedAddress: string, askedPort: number, address: string) =>
    destinationOf({ askedAddress, askedPort, address }, NETWORK);
  assert.deepEqual(of("10.9.9.5", 3128, "172.17.0.2"), { kind: "host", port: 3128 });
  assert.deepEqual(of("10.9.9.6", 3128, "172.17.0.2"), { kind: "proxy", client: "172.17.0.2" });
  assert.deepEqual(of("10.9.9.6", 3128, "10.9.9.6"), { kind: "proxy", client: "engine" });
  assert.deepEqual(of("127.0.0.1", 5000, "127.0.0.1"), {
    kind: "loopback",
    address: "127.0.0.1",
    port: 5000,
  });
  assert.deepEqual(of("127.8.0.1", 80, "127.0.0.1"), { kind: "loopback", address: "127.8.0.1", port: 80 });
});

Deno.test("the rules redirect the machine's address, the proxy's port, and dockerd's loopback", () => {
  const to = "-j DNAT --to-destination 10.9.9.5:4000";
  assert.deepEqual(redirectRules(NETWORK, 4000), [
    `-I PREROUTING -d 10.9.9.5/32 -p tcp ${to}`,
    `-I PREROUTING -d 10.9.9.6/32 -p tcp --dport 3128 ${to}`,
    `-I OUTPUT -d 10.9.9.5/32 -p tcp ${to}`,
    `-I OUTPUT -d 10.9.9.6/32 -p tcp --dport 3128 ${to}`,
  ]);
  assert.deepEqual(loopbackRules(NETWORK, 4000), [
    `-I OUTPUT -d 127.0.0.0/8 -p tcp -m owner --gid-owner 53128 --suppl-groups ${to}`,
  ]);
});
