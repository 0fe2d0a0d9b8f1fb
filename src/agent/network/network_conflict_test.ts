import assert from "node:assert/strict";
import { networkAddresses } from "./network_addresses.ts";
import { networkConflict } from "./network_conflict.ts";

const NETWORK = networkAddresses("10.231.217");

Deno.test("networkConflict() names the option that takes the addresses of the user's machine", () => {
  assert.equal(
    networkConflict({ bip: "10.231.217.1/24" }, NETWORK),
    "'bip' has 10.231.217.1/24, which holds 10.231.217.5, the address of this machine inside the engine",
  );
  const pools = [{ base: "172.30.0.0/16", size: 24 }, { base: "10.0.0.0/8", size: 24 }];
  assert.match(
    networkConflict({ "default-address-pools": pools }, NETWORK) ?? "",
    /has 10\.0\.0\.0\/8, which/,
  );
  assert.match(networkConflict({ "fixed-cidr": "10.231.217.6/32" }, NETWORK) ?? "", /^'fixed-cidr'/);
});

Deno.test("networkConflict() leaves all other options to dockerd", () => {
  for (
    const options of [
      {},
      { bip: "10.231.218.1/24" },
      { bip: 7, "default-address-pools": "none" },
      { bip: "fd00::1/64" },
      { bip: "10.231.217.5/x" },
      { "default-address-pools": [null, { size: 24 }, { base: "172.30.0.0/16" }] },
    ]
  ) assert.equal(networkConflict(options, NETWORK), undefined, JSON.stringify(options));
  assert.equal(networkConflict({ bip: "10.231.217.1/24" }, undefined), undefined);
});
