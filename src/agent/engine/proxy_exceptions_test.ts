import assert from "node:assert/strict";
import { networkAddresses } from "../network/network_addresses.ts";
import { proxyExceptions } from "./proxy_exceptions.ts";

const OWN = "localhost,127.0.0.0/8,::1,host.docker.internal,gateway.docker.internal,10.231.217.0/29";

Deno.test("proxyExceptions() holds the engine's own networks and nothing else", () => {
  const of = (configuration: Record<string, unknown>) =>
    proxyExceptions(configuration, networkAddresses("10.231.217"));
  assert.equal(of({}), `${OWN},172.17.0.0/16`);
  assert.equal(of({ bip: "10.1.0.1/24" }), `${OWN},10.1.0.1/24`);
  const pools = [{ base: "10.200.0.0/16", size: 24 }, { base: "10.201.0.0/16", size: 24 }];
  assert.equal(of({ "default-address-pools": pools }), `${OWN},10.200.0.0/16,10.201.0.0/16`);
  assert.equal(of({ bip: 7, "default-address-pools": [null, {}] }), `${OWN},172.17.0.0/16`);
});
