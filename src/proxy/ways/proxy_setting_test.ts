import assert from "node:assert/strict";
import { parseProxySetting, withHiddenPassword } from "./proxy_setting.ts";

const GENERAL =
  "it must be 'system', 'none', the address of a proxy such as 'http://proxy.example.com:8080', or 'pac:' and the address of a PAC file";
const PAC =
  "after 'pac:' there must be the address of a PAC file such as 'http://proxy.example.com/proxy.pac'";

Deno.test("parseProxySetting() reads words, proxies and PAC files", () => {
  assert.deepEqual(parseProxySetting("system"), { kind: "system" });
  assert.deepEqual(parseProxySetting("none"), { kind: "none" });
  assert.deepEqual(parseProxySetting("http://Proxy.Example.com:8080/"), {
    kind: "proxy",
    proxy: { scheme: "http", hostname: "proxy.example.com", port: 8080 },
  });
  assert.deepEqual(parseProxySetting("pac:http://wpad.example.com/proxy.pac"), {
    kind: "pac",
    url: "http://wpad.example.com/proxy.pac",
  });
  assert.deepEqual(parseProxySetting("pac:file:///C:/proxy.pac"), {
    kind: "pac",
    url: "file:///C:/proxy.pac",
  });
});

for (
  const [text, scheme, hostname, port] of [
    ["http://p", "http", "p", 80],
    ["https://p", "https", "p", 443],
    ["http://p:443", "http", "p", 443],
    ["http://p:80", "http", "p", 80],
    ["https://p:443/", "https", "p", 443],
    ["https://p:80", "https", "p", 80],
    ["socks5://127.0.0.1", "socks5", "127.0.0.1", 1080],
    ["socks5h://p:9050", "socks5", "p", 9050],
    ["socks://P.", "socks5", "p", 1080],
    ["socks4://p:1", "socks4", "p", 1],
    ["http://[fd00::1]:3128", "http", "fd00::1", 3128],
  ] as const
) {
  Deno.test(`parseProxySetting() reads ${text}`, () => {
    assert.deepEqual(parseProxySetting(text), { kind: "proxy", proxy: { scheme, hostname, port } });
  });
}

Deno.test("parseProxySetting() decodes credentials, and takes what is not encoded as it stands", () => {
  const credentials = (text: string) => {
    const setting = parseProxySetting(text);
    return typeof setting === "object" && setting.kind === "proxy" ? setting.proxy.credentials : setting;
  };
  assert.deepEqual(credentials("http://DOMAIN%5Cme:p%40ss%2F@p:1"), {
    username: "DOMAIN\\me",
    password: "p@ss/",
  });
  assert.deepEqual(credentials("http://me:100%@p:1"), { username: "me", password: "100%" });
  assert.deepEqual(credentials("http://me@p:1"), { username: "me", password: "" });
});

for (
  const [text, reason] of [
    ["", GENERAL],
    ["on", GENERAL],
    ["ftp://p:1", GENERAL],
    ["http://", GENERAL],
    ["http://a b:1", GENERAL],
    ["proxy.example.com:8080", "it has no scheme; use 'http://proxy.example.com:8080'"],
    ["http://p:99999", GENERAL],
    ["http://p:0", "port 0 is not a port"],
    ["socks5://:1080", GENERAL],
    ["http://http.docker.internal:3128", "'http.docker.internal' is Windlass's own proxy"],
    ["http://p:1/path", "there is more after the host and port"],
    ["http://me:***@p:1", "'***' stands for a password that is not shown; write the password itself"],
    [`http://${"a".repeat(2_050)}`, "it has more than 2048 characters"],
    [
      "http://me:a#b@p:1",
      "a '#' in the name or password must be written as '%23'",
    ],
    ["http://me:a/b@p:1", "a '/' in the name or password must be written as '%2F'"],
    ["http://DOMAIN\\me:b@p:1", "a '\\' in the name or password must be written as '%5C'"],
    ["http://me:a b@p:1", "a ' ' in the name or password must be written as '%20'"],
    ["pac:C:\\dir\\x.pac", "write the path of a PAC file as 'pac:file:///C:/dir/x.pac'"],
    ["pac:/home/me/x.pac", "write the path of a PAC file as 'pac:file:///home/me/x.pac'"],
    ["pac:", PAC],
    ["pac:proxy.pac", PAC],
    ["pac:ftp://p/proxy.pac", PAC],
    ["pac:file:///%5c%5Cevil/proxy.pac", "the path of a PAC file has no '%5C', '%2F' or '%00'"],
    ["pac:javascript:alert(1)", PAC],
  ] as const
) {
  Deno.test(`parseProxySetting() refuses '${text.slice(0, 40)}'`, () => {
    assert.equal(parseProxySetting(text), reason);
  });
}

Deno.test("withHiddenPassword() hides what is between the name and the host, and nothing else", () => {
  for (
    const [text, shown] of [
      ["http://me:secret@p:1", "http://me:***@p:1"],
      ["http://me:se:cr@et@p:1", "http://me:***@p:1"],
      ["http://:secret@p:1", "http://:***@p:1"],
      ["pac:https://me:secret@p/x.pac", "pac:https://me:***@p/x.pac"],
      ["http://me@p:1", "http://me@p:1"],
      ["http://me:se/c?r#et@p:1", "http://me:***@p:1"],
      ["me:secret@p:1", "me:***@p:1"],
      ["http://jane@corp.test:secret@p:1", "http://jane@corp.test:***@p:1"],
      ["http://jane@corp.test:se@cret@p:1", "http://jane@corp.test:***@p:1"],
      ["pac:http://jane@corp.test:secret@p/x.pac", "pac:http://jane@corp.test:***@p/x.pac"],
      ["http://jane%40corp.test:secret@[fd00::1]:1", "http://jane%40corp.test:***@[fd00::1]:1"],
      ["http://me@p:1", "http://me@p:1"],
      ["http://me@[fd00::1]:1", "http://me@[fd00::1]:1"],
      ["http://p:1", "http://p:1"],
      ["system", "system"],
    ] as const
  ) assert.equal(withHiddenPassword(text), shown);
});
