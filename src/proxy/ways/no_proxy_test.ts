import assert from "node:assert/strict";
import type { Target } from "../way.ts";
import { isExempt, parseNoProxyEntry, parseNoProxyList } from "./no_proxy.ts";

function target(text: string): Target {
  const url = new URL(text);
  const scheme = url.protocol === "https:" ? "https" : "http";
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { scheme, hostname, port: Number(url.port) || (scheme === "https" ? 443 : 80) };
}

for (
  const [list, url, direct] of [
    ["*", "http://a.test/", true],
    ["a.test", "http://a.test/", true],
    ["a.test", "http://x.a.test/", true],
    ["a.test", "http://ba.test/", false],
    [".a.test", "http://x.a.test/", true],
    [".a.test", "http://a.test/", true],
    ["*.a.test", "http://x.y.a.test/", true],
    ["*.a.test", "http://a.test/", false],
    ["A.TEST.", "http://a.test/", true],
    ["b.test, a.test", "http://a.test/", true],
    ["b.test;a.test", "http://a.test/", true],
    ["b.test a.test", "http://a.test/", true],
    ["a.test:8080", "http://a.test:8080/", true],
    ["a.test:8080", "http://a.test/", false],
    ["a.test:80", "http://a.test/", true],
    ["bücher.test", "http://xn--bcher-kva.test/", true],
    ["my_host", "http://my_host/", true],
    ["<local>", "http://intranet/", true],
    ["<local>", "http://a.test/", false],
    ["<local>", "http://[fd00::1]/", false],
    ["10.0.0.1", "http://10.0.0.1/", true],
    ["0.0.1", "http://10.0.0.1/", false],
    ["10.0.0.0/8", "http://10.200.0.1:5/", true],
    ["10.0.0.0/8", "http://11.0.0.1/", false],
    ["10.0.0.0/8:443", "https://10.1.1.1/", true],
    ["10.0.0.0/8:443", "http://10.1.1.1/", false],
    ["0.0.0.0/0", "http://192.0.2.1/", true],
    ["0.0.0.0/0", "http://[fd00::1]/", false],
    ["10.0.0.0/8", "http://a10.test/", false],
    ["10.1.2.3/8", "http://10.9.9.9/", true],
    ["::1", "http://[::1]/", true],
    ["[::1]:80", "http://[::1]/", true],
    ["[::1]:81", "http://[::1]/", false],
    ["fd00::/8", "http://[fd12:3456::9]/", true],
    ["fd00::/8", "http://[fe80::9]/", false],
    ["::ffff:10.0.0.0/104", "http://10.7.0.1/", true],
    ["10.0.0.0/8", "http://[::ffff:10.7.0.1]/", true],
    ["", "http://a.test/", false],
    ["http://a.test, a.test", "http://a.test/", true],
  ] as const
) {
  Deno.test(`the list '${list}' ${direct ? "exempts" : "does not exempt"} ${url}`, () => {
    assert.equal(isExempt(target(url), parseNoProxyList(list)), direct);
  });
}

for (
  const [entry, reason] of [
    ["10.0.0.0/33", "'10.0.0.0/33' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["10.0.0.300", "'10.0.0.300' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["fd00::/129", "'fd00::/129' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["a.test:0", "'a.test:0' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["a..*.test", "'a..*.test' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["", "'' is neither a name, an address nor a range such as '10.0.0.0/8'"],
    ["https://a.test", "'https://a.test' has a scheme; write the name of the host alone"],
    ["a".repeat(301), "an entry has more than 300 characters"],
  ] as const
) {
  Deno.test(`parseNoProxyEntry() refuses '${entry.slice(0, 30)}'`, () => {
    assert.equal(parseNoProxyEntry(entry), reason);
  });
}
