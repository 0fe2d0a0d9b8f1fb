import assert from "node:assert/strict";
import { type HostVisit, RecentHosts } from "./recent_hosts.ts";

function visit(host: string, more: Partial<HostVisit> = {}): HostVisit {
  return {
    host,
    port: 443,
    client: "engine",
    way: "direct",
    rule: "no proxy is set",
    outcome: "connected",
    reached: true,
    milliseconds: 12,
    ...more,
  };
}

Deno.test("RecentHosts lists the newest first, with counts and the last request of each", () => {
  const hosts = new RecentHosts(() => new Date("2026-11-29T12:00:00.000Z"));
  hosts.note(visit("a.example", { outcome: "Cannot connect", reached: false }));
  hosts.note(visit("b.example"));
  hosts.note(visit("a.example", { milliseconds: 5 }));
  assert.deepEqual(hosts.list(), [
    { ...visit("a.example", { milliseconds: 5 }), at: "2026-11-29T12:00:00.000Z", requests: 2, failures: 1 },
    { ...visit("b.example"), at: "2026-11-29T12:00:00.000Z", requests: 1, failures: 0 },
  ]);
});

Deno.test("RecentHosts distinguishes the ports of a host", () => {
  const hosts = new RecentHosts();
  hosts.note(visit("a.example"));
  hosts.note(visit("a.example", { port: 80 }));
  assert.deepEqual(hosts.list().map(({ port, requests }) => [port, requests]), [[80, 1], [443, 1]]);
});

Deno.test("RecentHosts keeps the hosts of the engine, however many containers ask for", () => {
  const hosts = new RecentHosts();
  for (let index = 0; index < 20; index++) hosts.note(visit(`${index}.example`));
  for (let index = 0; index < 100; index++) hosts.note(visit(`c${index}.example`, { client: "container" }));
  const clients = hosts.list().map(({ client }) => client);
  assert.deepEqual([clients.length, clients.filter((client) => client === "engine").length], [50, 20]);
});

Deno.test("RecentHosts forgets the oldest beyond fifty", () => {
  const hosts = new RecentHosts();
  for (let index = 0; index < 60; index++) hosts.note(visit(`${index}.example`));
  assert.equal(hosts.list().length, 50);
  assert.equal(hosts.list().at(-1)?.host, "10.example");
});
