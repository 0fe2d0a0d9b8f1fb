import assert from "node:assert/strict";
import { parseResolverConfiguration, ResolverSource } from "./resolver_configuration.ts";

Deno.test("parseResolverConfiguration() reads servers and options", () => {
  const text = [
    "# nameserver 1.1.1.1",
    "nameserver 10.255.255.254",
    "search lan",
    "  nameserver\tfd00::1 # one",
    "nameserver 10.255.255.254",
    "nameserver example.test",
    "nameservers x",
    "options ndots:2 timeout:1 attempts:3 rotate",
  ].join("\n");
  assert.deepEqual(parseResolverConfiguration(text), {
    servers: ["10.255.255.254", "fd00::1"],
    patienceMilliseconds: 1_000,
    attempts: 3,
    rotate: true,
  });
});

Deno.test("parseResolverConfiguration() keeps options within what clients wait for", () => {
  const { patienceMilliseconds, attempts, rotate } = parseResolverConfiguration(
    "options timeout:30 attempts:1000\n",
  );
  assert.deepEqual([patienceMilliseconds, attempts, rotate], [1_500, 5, false]);
  const none = { servers: [], patienceMilliseconds: 1_500, attempts: 2, rotate: false };
  for (const text of ["", "options timeout:x attempts:\n", "options timeout:0\n"]) {
    assert.deepEqual(parseResolverConfiguration(text), none, text);
  }
});

Deno.test("ResolverSource follows the file, reads it once for many questions, and never names itself", async () => {
  let text = "nameserver 10.0.0.1\nnameserver 10.9.9.6\n";
  let now = 0;
  let reads = 0;
  const read = () => Promise.resolve((reads++, text));
  const source = new ResolverSource("10.9.9.6", { read, now: () => now });
  const servers = async () => (await source.current()).servers;
  assert.deepEqual(await servers(), ["10.0.0.1"]);
  text = "nameserver 10.0.0.2\n";
  assert.deepEqual(await servers(), ["10.0.0.1"]);
  assert.equal(reads, 1);
  now = 100;
  assert.deepEqual(await servers(), ["10.0.0.2"]);
});

Deno.test("ResolverSource prefers the user's servers, and takes the distro's again without them", async () => {
  const read = () => Promise.resolve("nameserver 10.0.0.1\noptions rotate\n");
  const source = new ResolverSource("10.9.9.6", { read, now: () => 0 });
  source.useServers(["9.9.9.9", "10.9.9.6", "9.9.9.9"]);
  const { servers, rotate } = await source.current();
  assert.deepEqual([servers, rotate], [["9.9.9.9"], true]);
  source.useServers([]);
  assert.deepEqual((await source.current()).servers, ["10.0.0.1"]);
});
