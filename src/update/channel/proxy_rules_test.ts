import assert from "node:assert/strict";
import { environmentRules, internetSettingsRules, proxyFor, type ProxyRules } from "./proxy_rules.ts";

function proxies(rules: ProxyRules | null, ...urls: string[]): (string | null)[] {
  assert.ok(rules !== null);
  return urls.map((url) => proxyFor(new URL(url), rules));
}

Deno.test("environmentRules() keeps http and https apart, and prefers small letters", () => {
  const rules = environmentRules({
    HTTP_PROXY: "http://upper:1",
    http_proxy: "http://lower:1",
    HTTPS_PROXY: "http://secure:2",
  });
  assert.deepEqual(proxies(rules, "http://a.test/", "https://a.test/"), [
    "http://lower:1",
    "http://secure:2",
  ]);
});

Deno.test("environmentRules() takes ALL_PROXY for what has no proxy of its own, and a proxy without a scheme", () => {
  const rules = environmentRules({ ALL_PROXY: "socks5://all:1", HTTPS_PROXY: "secure:2" });
  assert.deepEqual(proxies(rules, "http://a.test/", "https://a.test/"), [
    "socks5://all:1",
    "http://secure:2",
  ]);
});

Deno.test("environmentRules() knows when nothing is set", () => {
  assert.equal(environmentRules({ PATH: "/bin", HTTPS_PROXY: "", NO_PROXY: "*" }), null);
});

Deno.test("environmentRules() goes directly to what has no proxy for its scheme", () => {
  assert.deepEqual(proxies(environmentRules({ HTTP_PROXY: "p:1" }), "https://a.test/"), [null]);
});

for (
  const [noProxy, url, direct] of [
    ["*", "http://a.test/", true],
    ["a.test", "http://a.test/", true],
    ["a.test", "http://x.a.test/", true],
    ["a.test", "http://ba.test/", false],
    [".a.test", "http://x.a.test/", true],
    ["*.a.test", "http://x.a.test/", true],
    ["A.TEST", "http://a.test/", true],
    ["b.test, a.test", "http://a.test/", true],
    ["b.test a.test", "http://a.test/", true],
    ["a.test:8080", "http://a.test:8080/", true],
    ["a.test:8080", "http://a.test/", false],
    ["a.test:80", "http://a.test/", true],
    ["10.0.0.1", "http://10.0.0.1/", true],
    ["0.0.1", "http://10.0.0.1/", false],
    ["10.0.0.0/8", "http://10.200.0.1:5/", true],
    ["10.0.0.0/8", "http://11.0.0.1/", false],
    ["0.0.0.0/0", "http://192.0.2.1/", true],
    ["10.0.0.0/8", "http://a10.test/", false],
    ["::1", "http://[::1]/", true],
    ["[::1]:80", "http://[::1]/", true],
    ["[::1]:81", "http://[::1]/", false],
    ["", "http://a.test/", false],
  ] as const
) {
  Deno.test(`environmentRules() with NO_PROXY=${noProxy} ${direct ? "asks" : "does not ask"} ${url} directly`, () => {
    const rules = environmentRules({ HTTP_PROXY: "http://p:1", NO_PROXY: noProxy });
    assert.deepEqual(proxies(rules, url), [direct ? null : "http://p:1"]);
  });
}

Deno.test("internetSettingsRules() takes one proxy for all, or one for each scheme", () => {
  const rules = (server: string) => internetSettingsRules({ enabled: true, server, override: "" });
  const urls = ["http://a.test/", "https://a.test/"];
  assert.deepEqual(proxies(rules("p:1"), ...urls), ["http://p:1", "http://p:1"]);
  assert.deepEqual(proxies(rules("http://p:1"), ...urls), ["http://p:1", "http://p:1"]);
  assert.deepEqual(proxies(rules("http=a:1;https=b:2;ftp=c:3"), ...urls), ["http://a:1", "http://b:2"]);
  assert.deepEqual(proxies(rules("https=b:2"), ...urls), [null, "http://b:2"]);
  assert.deepEqual(proxies(rules("https=b:2;socks=s:3"), ...urls), ["socks5://s:3", "http://b:2"]);
});

Deno.test("internetSettingsRules() is null when the proxy is off, empty or for other things only", () => {
  assert.equal(internetSettingsRules({ enabled: false, server: "p:1", override: "" }), null);
  for (const server of ["", " ; ", "ftp=c:3"]) {
    assert.equal(internetSettingsRules({ enabled: true, server, override: "" }), null, server);
  }
});

for (
  const [override, url, direct] of [
    ["*.contoso.test", "https://x.contoso.test/", true],
    ["*.contoso.test", "https://contoso.test/", false],
    ["10.*", "http://10.1.2.3/", true],
    ["<local>", "http://intranet/", true],
    ["<local>", "http://a.test/", false],
    ["a.test:8080", "http://a.test:8080/", true],
    ["a.test:8080", "http://a.test/", false],
    ["https://a.test", "https://a.test/", true],
    ["https://a.test", "http://a.test/", false],
    ["a.test", "https://axtest/", false],
    ["*", "http://a.test/", true],
    ["", "http://127.0.0.1:5/", true],
    ["", "http://localhost/", true],
    ["<-loopback>", "http://127.0.0.1:5/", false],
    ["b.test; a.test", "http://a.test/", true],
  ] as const
) {
  Deno.test(`internetSettingsRules() with '${override}' ${direct ? "asks" : "does not ask"} ${url} directly`, () => {
    const rules = internetSettingsRules({ enabled: true, server: "p:1", override });
    assert.deepEqual(proxies(rules, url), [direct ? null : "http://p:1"]);
  });
}
