import assert from "node:assert/strict";
import { destinationOf } from "./engine_gateway.ts";
import { networkAddresses } from "./network_addresses.ts";
import { dockerdRules, redirectRules } from "./redirect_rules.ts";

const NETWORK = networkAddresses("10.9.9");

Deno.test("destinationOf() distinguishes the machine, the proxy and loopback by what was asked for", () => {
  const of = (askedAddress: string, askedPort: number, client: string) =>
    destinationOf({ askedAddress, askedPort }, NETWORK, client);
  assert.deepEqual(of("10.9.9.5", 3128, "172.17.0.2"), { kind: "host", port: 3128 });
  assert.deepEqual(of("10.9.9.6", 3128, "172.17.0.2"), { kind: "proxy", client: "172.17.0.2" });
  assert.deepEqual(of("10.9.9.6", 3128, "engine"), { kind: "proxy", client: "engine" });
  assert.deepEqual(of("127.0.0.1", 5000, "engine"), { kind: "loopback", address: "127.0.0.1", port: 5000 });
  assert.deepEqual(of("127.8.0.1", 80, "engine"), { kind: "loopback", address: "127.8.0.1", port: 80 });
});

Deno.test("the rules lead everybody to one listener, and dockerd, with its loopback, to another", () => {
  const to = "-j DNAT --to-destination 10.9.9.5:4000";
  assert.deepEqual(redirectRules(NETWORK, 4000), [
    `-I PREROUTING -p tcp -d 10.9.9.5/32 ${to}`,
    `-I PREROUTING -p tcp -d 10.9.9.6/32 --dport 3128 ${to}`,
    `-I OUTPUT -p tcp -d 10.9.9.5/32 ${to}`,
    `-I OUTPUT -p tcp -d 10.9.9.6/32 --dport 3128 ${to}`,
  ]);
  const owner = "-m owner --gid-owner 53128 --suppl-groups";
  assert.deepEqual(dockerdRules(NETWORK, 4000), [
    `-I OUTPUT -p tcp -d 10.9.9.5/32 ${owner} ${to}`,
    `-I OUTPUT -p tcp -d 10.9.9.6/32 --dport 3128 ${owner} ${to}`,
    `-I OUTPUT -p tcp -d 127.0.0.0/8 ${owner} ${to}`,
  ]);
});
