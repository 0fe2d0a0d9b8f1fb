import assert from "node:assert/strict";
import { daemonOptionsRefusal, daemonProxyProblem } from "./daemon_options_refusal.ts";

const refusalOfProxy = (key: string, proxy: string) => daemonOptionsRefusal({ proxies: { [key]: proxy } });

Deno.test("daemonOptionsRefusal() takes options that keep what Windlass does", () => {
  for (
    const options of [
      {},
      { dns: ["10.0.0.53", "2001:db8::53"] },
      { dns: "no list" },
      { proxies: "none" },
      { proxies: { "http-proxy": "http://host.docker.internal:3128", "no-proxy": "localhost,127.0.0.1" } },
      { proxies: { "https-proxy": "proxy.example.test:8080" } },
      // In the engine, a registry in a container with a published port does listen there.
      { "registry-mirrors": ["http://localhost:5000"], "insecure-registries": ["localhost:5000"] },
    ]
  ) assert.equal(daemonOptionsRefusal(options), undefined, JSON.stringify(options));
});

Deno.test("daemonOptionsRefusal() names the address by which a proxy of this machine is reached", () => {
  assert.equal(
    refusalOfProxy("https-proxy", "http://user:word@127.0.0.1:3128"),
    "'https-proxy' has 127.0.0.1, which is not this machine inside the engine; " +
      "the proxy of this machine is 'http://host.docker.internal:3128' there",
  );
  for (
    const proxy of ["localhost:3128", "http://LOCALHOST:3128/", "http://[::1]:3128", "http://127.1:3128"]
  ) {
    assert.match(refusalOfProxy("http-proxy", proxy) ?? "", /'http:\/\/host\.docker\.internal:3128' there$/);
  }
  assert.match(refusalOfProxy("http-proxy", "socks5://localhost:1080") ?? "", /'socks5:\/\/host\.docker/);
});

Deno.test("daemonOptionsRefusal() says that a name server on loopback is not this machine's", () => {
  for (const server of ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(
      daemonOptionsRefusal({ dns: ["10.0.0.53", server] }),
      `'dns' has ${server}, which is not this machine inside the engine; ` +
        "without 'dns', containers use the name servers of this machine",
    );
  }
});

Deno.test("daemonOptionsRefusal() keeps what Windlass itself decides", () => {
  assert.equal(daemonOptionsRefusal({ hosts: [] }), "'hosts' is set by Windlass itself");
});

Deno.test("daemonProxyProblem() says why dockerd cannot use a proxy, without its password", () => {
  const problemOf = (proxy: string) => daemonProxyProblem({ proxies: { "http-proxy": proxy } });
  assert.match(
    problemOf("http://user:word@127.0.0.1:3128") ?? "",
    /^'http-proxy' has 127\.0\.0\.1, which is not .* 'http:\/\/host\.docker\.internal:3128' there$/,
  );
  assert.equal(
    problemOf("socks4://user:word@proxy.example.test:1080"),
    "'http-proxy' has 'socks4://', which dockerd does not know; " +
      "without 'proxies', it uses what 'network.proxy' says, and that may be of any kind",
  );
  for (
    const proxy of [
      "http.docker.internal:3128",
      "https://user:word@proxy.example.test",
      "socks5h://proxy.example.test:1080",
      "",
    ]
  ) assert.equal(problemOf(proxy), undefined, proxy);
  for (const options of [{}, { proxies: "none" }, { proxies: null }, { proxies: { "http-proxy": 7 } }]) {
    assert.equal(daemonProxyProblem(options), undefined, JSON.stringify(options));
  }
});
