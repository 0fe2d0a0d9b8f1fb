import assert from "node:assert/strict";
import type { Target } from "../../../proxy/way.ts";
import { desktopAnswer, parseDesktopSettings } from "./desktop_settings.ts";

const HTTP: Target = { scheme: "http", hostname: "a.test", port: 80 };
const HTTPS: Target = { scheme: "https", hostname: "a.test", port: 443 };
const SOURCE = "the proxy settings of this desktop";
/** As `gsettings list-recursively org.gnome.system.proxy` prints what nobody has changed. */
const DEFAULTS = `org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode 'none'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password ''
org.gnome.system.proxy.http authentication-user ''
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host ''
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.http use-authentication false
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
`;

function answer(target: Target, changes: Readonly<Record<string, string>>) {
  const lines = Object.entries(changes).map(([name, value]) => `org.gnome.system.proxy${name} ${value}`);
  const settings = parseDesktopSettings(`${DEFAULTS}${lines.join("\n")}\n`);
  return desktopAnswer(target, settings, ({ hostname }, list) => list.split(",").includes(hostname));
}

const proxy = (scheme: "http" | "socks5", hostname: string, port: number) => ({
  kind: "ways",
  ways: [{ kind: "proxy", proxy: { scheme, hostname, port } }],
  source: SOURCE,
});
const DIRECT = { kind: "ways", ways: [{ kind: "direct" }], source: SOURCE };

Deno.test("desktopAnswer() is unset where nobody has set a proxy, and for anything else that is printed", () => {
  assert.deepEqual(answer(HTTP, {}), { kind: "unset" });
  assert.deepEqual(desktopAnswer(HTTP, parseDesktopSettings("No such schema\n"), () => false), {
    kind: "unset",
  });
});

Deno.test("desktopAnswer() names the PAC file, or the usual one", () => {
  const url = "http://wpad.test/proxy.pac";
  assert.deepEqual(answer(HTTPS, { " mode": "'auto'", " autoconfig-url": `'${url}'` }), {
    kind: "pac",
    url,
    source: SOURCE,
  });
  assert.deepEqual(answer(HTTPS, { " mode": "'auto'" }), {
    kind: "pac",
    url: "http://wpad/wpad.dat",
    source: SOURCE,
  });
});

Deno.test("desktopAnswer() has a proxy for each scheme, one for all, or one of SOCKS", () => {
  const manual = { " mode": "'manual'", ".http host": "'Proxy.test'" };
  assert.deepEqual(answer(HTTP, manual), proxy("http", "proxy.test", 8080));
  assert.deepEqual(answer(HTTPS, manual), proxy("http", "proxy.test", 8080));
  assert.deepEqual(answer(HTTPS, { ...manual, " use-same-proxy": "false" }), DIRECT);
  const https = { ...manual, ".https host": "'secure.test'", ".https port": "3128" };
  assert.deepEqual(answer(HTTPS, https), proxy("http", "secure.test", 3128));
  const socks = { " mode": "'manual'", ".socks host": "'::1'", ".socks port": "1080" };
  assert.deepEqual(answer(HTTPS, socks), proxy("socks5", "::1", 1080));
  assert.deepEqual(answer(HTTPS, { " mode": "'manual'" }), DIRECT);
});

Deno.test("desktopAnswer() leaves out what is to be ignored, and has the credentials of a proxy", () => {
  const manual = { " mode": "'manual'", ".http host": "'p.test'" };
  assert.deepEqual(answer(HTTP, { ...manual, " ignore-hosts": "['b.test', 'a.test']" }), DIRECT);
  const signedIn = {
    ...manual,
    ".http use-authentication": "true",
    ".http authentication-user": "'me'",
    ".http authentication-password": String.raw`'it\'s'`,
  };
  assert.deepEqual(answer(HTTP, signedIn), {
    kind: "ways",
    ways: [{
      kind: "proxy",
      proxy: {
        scheme: "http",
        hostname: "p.test",
        port: 8080,
        credentials: { username: "me", password: "it's" },
      },
    }],
    source: SOURCE,
  });
});
