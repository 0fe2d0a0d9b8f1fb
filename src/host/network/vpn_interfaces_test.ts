import assert from "node:assert/strict";
import { vpnInterfaces } from "./vpn_interfaces.ts";

function found(...entries: [name: string, address: string][]): string[] {
  return vpnInterfaces(entries.map(([name, address]) => ({ name, address }) as Deno.NetworkInterfaceInfo));
}

Deno.test("vpnInterfaces() finds the interfaces of VPN programs, each once", () => {
  assert.deepEqual(
    found(
      ["lo", "127.0.0.1"],
      ["Ethernet", "192.0.2.1"],
      ["Cisco AnyConnect Virtual Miniport", "10.0.0.2"],
      ["wg0", "10.0.0.3"],
      ["wg0", "fd00::3"],
    ),
    ["Cisco AnyConnect Virtual Miniport", "wg0"],
  );
});

Deno.test("vpnInterfaces() leaves out ones without an address of their own, and names that only look alike", () => {
  assert.deepEqual(found(["tun0", "fe80::1"], ["vEthernet (WSL)", "172.20.0.1"], ["tuner", "192.0.2.1"]), []);
  assert.equal(
    found(...["tun0", "tun1", "tun2", "tun3"].map((name) => [name, "10.0.0.1"] as [string, string])).length,
    3,
  );
});
