import assert from "node:assert/strict";
import fc from "fast-check";
import { proxyText, type Target } from "../../../proxy/way.ts";
import { isBypassed, proxyServersFor } from "./proxy_servers.ts";

const target = (text: string): Target => {
  const url = new URL(text);
  const scheme = url.protocol === "https:" ? "https" : "http";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { scheme, hostname, port: Number(url.port || (scheme === "https" ? 443 : 80)) };
};

const proxies = (scheme: Target["scheme"], list: string) =>
  proxyServersFor({ scheme }, list).map((way) => way.kind === "proxy" ? proxyText(way.proxy) : way.kind);

Deno.test("proxyServersFor() takes one proxy for every target", () => {
  for (const scheme of ["http", "https"] as const) {
    assert.deepEqual(proxies(scheme, "proxy.example.com:8080"), ["http://proxy.example.com:8080"]);
    assert.deepEqual(proxies(scheme, "HTTP://Proxy.Example.com:8080/"), ["http://proxy.example.com:8080"]);
    assert.deepEqual(proxies(scheme, "proxy"), ["http://proxy:80"]);
    assert.deepEqual(proxies(scheme, "https://proxy"), ["https://proxy:443"]);
    assert.deepEqual(proxies(scheme, "[2001:db8::1]:3128"), ["http://[2001:db8::1]:3128"]);
    assert.deepEqual(proxies(scheme, "127.0.0.1:10809"), ["http://127.0.0.1:10809"]);
  }
});

Deno.test("proxyServersFor() takes the proxies of each kind, and SOCKS for what has none", () => {
  const list = "http=a:80;https=b:443;ftp=f:21;socks=c:1081";
  assert.deepEqual(proxies("http", list), ["http://a:80"]);
  assert.deepEqual(proxies("https", list), ["http://b:443"]);
  assert.deepEqual(proxies("https", "http=a:80; socks=c:1081"), ["socks5://c:1081", "socks4://c:1081"]);
  assert.deepEqual(proxies("https", "SOCKS=c"), ["socks5://c:1080", "socks4://c:1080"]);
  assert.deepEqual(proxies("https", "http=a:80"), []);
  assert.deepEqual(proxies("https", "https=https://b:8443"), ["https://b:8443"]);
});

Deno.test("proxyServersFor() keeps the order of several, and leaves out anything that is not an address", () => {
  assert.deepEqual(proxies("https", "a:8080;b:8080 c"), ["http://a:8080", "http://b:8080", "http://c:80"]);
  for (const junk of ["", ";;", "a:0", "a:99999", "a:b", "http=", "user@a:1", "a/b", "[::1", "=", "://"]) {
    assert.deepEqual(proxies("https", junk), [], junk);
  }
});

Deno.test("isBypassed() reads a list as Windows does", () => {
  const cases: readonly (readonly [list: string, address: string, bypassed: boolean])[] = [
    ["*.corp.example;<local>;10.*", "https://git.corp.example", true],
    ["*.corp.example;<local>;10.*", "https://corp.example", false],
    ["*.corp.example;<local>;10.*", "https://notcorp.example", false],
    ["*.corp.example;<local>;10.*", "https://intranet", true],
    ["*.corp.example;<local>;10.*", "https://10.1.2.3:5000", true],
    ["*.corp.example;<local>;10.*", "https://110.1.2.3", false],
    ["*.corp.example;<local>;10.*", "https://[fd00::1]", false],
    ["corp.example", "https://git.corp.example", false],
    ["Corp.Example", "https://corp.example", true],
    [".corp.example", "https://git.corp.example", true],
    ["corp.example:8080", "http://corp.example:8080", true],
    ["corp.example:8080", "http://corp.example", false],
    ["https://shop.example", "https://shop.example", true],
    ["https://shop.example", "http://shop.example", false],
    ["[fd00::1]", "https://[fd00::1]:5000", true],
    ["fd00::*", "https://[fd00::1]:5000", true],
    ["*", "https://registry-1.docker.io", true],
    ["", "https://registry-1.docker.io", false],
    ["<unknown>", "https://unknown", false],
  ];
  for (const [list, address, bypassed] of cases) {
    assert.equal(isBypassed(target(address), list), bypassed, `'${list}' and ${address}`);
  }
});

Deno.test("isBypassed() excepts the machine itself unless the list says otherwise", () => {
  for (const host of ["localhost", "api.localhost", "127.1.2.3", "[::1]"]) {
    assert.equal(isBypassed(target(`http://${host}:5000`), "*.corp.example"), true, host);
    assert.equal(isBypassed(target(`http://${host}:5000`), "*.corp.example;<-loopback>"), false, host);
  }
});

Deno.test("isBypassed() takes any list in a time that grows with its length only", () => {
  const part = fc.constantFrom("*", "a", ".", "<", ":", "/", "[", ";", "=");
  fc.assert(fc.property(fc.array(part, { maxLength: 200 }), (parts) => {
    assert.equal(typeof isBypassed(target("https://aaaa.aaaa.example"), parts.join("")), "boolean");
    proxyServersFor({ scheme: "https" }, parts.join(""));
  }));
  assert.equal(isBypassed(target(`https://${"a".repeat(250)}`), `${"*a".repeat(5_000)}b`), false);
});
