import assert from "node:assert/strict";
import { ipv4Routes, ipv6Routes } from "./network_changes.ts";

Deno.test("ipv4Routes() keeps what a route is, and neither its counters nor the order", () => {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const routes = "eth0\t00000000\t0202A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
  const local = "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
  const used = "eth0\t00000000\t0202A8C0\t0003\t5\t9\t0\t00000000\t0\t0\t0\n";
  assert.equal(ipv4Routes(head + routes + local), ipv4Routes(head + local + used));
  assert.notEqual(ipv4Routes(head + routes), ipv4Routes(head + local));
});

Deno.test("ipv6Routes() leaves out what every interface has", () => {
  const zero = "0".repeat(32);
  const line = (destination: string, use: string, name: string) =>
    `${destination} 40 ${zero} 00 ${zero} 00000400 00000001 ${use} 00000001 ${name}\n`;
  const own = line("fd000000000000000000000000000000", "00000000", "eth0");
  const used = line("fd000000000000000000000000000000", "0000ffff", "eth0");
  const local = line("fe800000000000000000000000000000", "00000000", "eth0");
  assert.equal(ipv6Routes(own + local), ipv6Routes(used));
  assert.notEqual(ipv6Routes(own), ipv6Routes(""));
});
