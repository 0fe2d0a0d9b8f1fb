import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseNetwork, ipv4Range } from "./network_choice.ts";

Deno.test("ipv4Range() reads addresses and networks, nothing else", () => {
  assert.deepEqual(ipv4Range("10.0.0.9/30"), [0x0a000008, 0x0a00000b]);
  assert.deepEqual(ipv4Range("255.255.255.255"), [0xffffffff, 0xffffffff]);
  for (const text of ["default", "fd00::/64", "10.0.0.256", "10.0.0.0/33"]) {
    assert.equal(ipv4Range(text), null);
  }
});

Deno.test("chooseNetwork() takes the first pool that no route covers", () => {
  assert.deepEqual(chooseNetwork([], 0), { gateway: "10.211.0.1", guest: "10.211.0.2", prefix: 30 });
  assert.equal(chooseNetwork(["10.0.0.0/8"], 0)?.gateway, "192.168.211.1");
  assert.equal(chooseNetwork(["10.0.0.0/8", "192.168.0.0/16"], 0)?.gateway, "198.18.0.1");
  assert.equal(chooseNetwork(["10.211.0.0/30"], 0)?.gateway, "10.211.0.5");
  assert.equal(chooseNetwork(["0.0.0.0/1", "128.0.0.0/1"], 0), null);
});

Deno.test("chooseNetwork() never overlaps a route", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const route = fc.tuple(fc.constantFrom("10.211", "192.168"), octet, octet, fc.integer({ min: 14, max: 32 }))
    .map(([front, third, fourth, bits]) => `${front}.${third}.${fourth}/${bits}`);
  fc.assert(fc.property(fc.array(route), fc.nat(), (routes, seed) => {
    const network = chooseNetwork(routes, seed);
    const [first, last] = ipv4Range(`${network?.gateway}/30`) as [number, number];
    for (const [from, to] of routes.map((text) => ipv4Range(text) as [number, number])) {
      assert.ok(last < from || first > to);
    }
  }));
});
