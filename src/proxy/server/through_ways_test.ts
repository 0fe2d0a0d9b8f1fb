import assert from "node:assert/strict";
import { RecentHosts } from "../recent_hosts.ts";
import { UpstreamBook } from "../upstream/upstream_book.ts";
import type { Decision } from "../way.ts";
import { throughWays } from "./through_ways.ts";

const { signal } = new AbortController();
const PROXIED: Decision = {
  ways: [{ kind: "proxy", proxy: { scheme: "http", hostname: "proxy.example", port: 8080 } }],
  rule: "a test",
};

/** Which way and peer a request for a host gets, with one container `api` in the network of 172.18.0.2. */
async function wayOf(hostname: string, client: string): Promise<string> {
  const asked: string[] = [];
  const peers = {
    find: (client: string, name: string) => {
      asked.push(name);
      return Promise.resolve(client === "172.18.0.2" && name === "api" ? "172.18.0.3" : undefined);
    },
  };
  const hosts = new RecentHosts();
  const { opened, rule } = await throughWays(
    { scheme: "http", hostname, port: 80 },
    {
      ways: { decide: () => Promise.resolve(PROXIED) },
      upstreams: new UpstreamBook(),
      hosts,
      containersAt: () => [],
      peers,
    },
    { client, signal, since: 0 },
    (way, { peer }) => Promise.resolve(`${way.kind} ${peer}`),
  );
  return `${opened}, asked for ${asked.join() || "nothing"}, ${hosts.list()[0]?.outcome}: ${rule}`;
}

Deno.test("throughWays() leads the name of a container to it, whatever the ways of the machine", async () => {
  assert.equal(
    await wayOf("api", "172.18.0.2"),
    "direct 172.18.0.3, asked for api, led to the container: the host is a container of the same network",
  );
  assert.equal(await wayOf("db", "172.18.0.2"), "proxy undefined, asked for db, connected: a test");
  assert.equal(await wayOf("api", "172.19.0.2"), "proxy undefined, asked for api, connected: a test");
});

Deno.test("throughWays() takes no other name for one of a container, and none of the engine's own requests", async () => {
  for (const hostname of ["api.example", "10.0.0.1", "fd00::1", "localhost"]) {
    assert.equal(
      await wayOf(hostname, "172.18.0.2"),
      "proxy undefined, asked for nothing, connected: a test",
    );
  }
  assert.equal(await wayOf("api", "engine"), "proxy undefined, asked for nothing, connected: a test");
});
