import assert from "node:assert/strict";
import { LogStore } from "./log_store.ts";
import { Redactor } from "./redactor.ts";

const TEXTS: readonly (readonly [text: string, clean: string])[] = [
  ["via http://me:pw@proxy:3128/x", "via http://(redacted)@proxy:3128/x"],
  ["via http://me@proxy", "via http://(redacted)@proxy"],
  ["HTTPS_PROXY=https://u:p%40@10.0.0.1:8080", "HTTPS_PROXY=https://(redacted)@10.0.0.1:8080"],
  ["pull docker.io/library/busybox@sha256:abc", "pull docker.io/library/busybox@sha256:abc"],
  ["Authorization: Bearer abc.def", "Authorization: (redacted)"],
  ["map[X-Registry-Auth:[eyJ1c2VyIn0=] Other:[x]]", "map[X-Registry-Auth:[(redacted)] Other:[x]]"],
  ["login password=hunter2 user=me", "login password=(redacted) user=me"],
  ['{"identitytoken": "a b c", "user": "me"}', '{"identitytoken": "(redacted)", "user": "me"}'],
  ['msg="{\\"password\\":\\"x y\\"}"', 'msg="{\\"password\\":\\"(redacted)\\"}"'],
  ["REGISTRY_TOKEN='a b' next", "REGISTRY_TOKEN='(redacted)' next"],
  ["a token of thanks", "a token of thanks"],
  ["AWS_SECRET_ACCESS_KEY=wJalrXUtn next", "AWS_SECRET_ACCESS_KEY=(redacted) next"],
  ["answered Bearer abc123 to it", "answered Bearer (redacted) to it"],
  ["sent Basic bWU6eA== to it", "sent Basic (redacted) to it"],
  ["a basic authentication and a bearer token", "a basic authentication and a bearer token"],
  ['Www-Authenticate: Bearer realm="https://r/token"', 'Www-Authenticate: Bearer realm="https://r/token"'],
  ['{"auths":{"r":{"auth":"bWU6eA=="}}}', '{"auths":{"r":{"auth":"(redacted)"}}}'],
  ["//r/:_auth=bWU6eA==", "//r/:_auth=(redacted)"],
  ["Server=db;Uid=me;Pwd=x y;", "Server=db;Uid=me;Pwd=(redacted) y;"],
  ["PWD=/root OLDPWD=/srv", "PWD=/root OLDPWD=/srv"],
  ["passphrase: hunter2", "passphrase: (redacted)"],
  [
    "PGPASSWORD=x PGPASS=y MYSQL_PWD=z DB_PASS=w",
    "PGPASSWORD=(redacted) PGPASS=(redacted) MYSQL_PWD=(redacted) DB_PASS=(redacted)",
  ],
  ["PASS: TestOne, compass: north", "PASS: TestOne, compass: north"],
  ["private_key=abc credential=def", "private_key=(redacted) credential=(redacted)"],
  ["https://b/x?sv=1&sig=a%2Fb&se=2", "https://b/x?sv=1&sig=(redacted)&se=2"],
  ["https://b/x?X-Amz-Signature=ab&a=1", "https://b/x?X-Amz-Signature=(redacted)&a=1"],
  ["https://hooks.slack.com/services/T0/B0/x now", "https://hooks.slack.com/services/(redacted) now"],
  [
    "listening at /mnt/wsl/windlass/0123456789abcdef0123456789abcdef/docker.sock",
    "listening at /mnt/wsl/windlass/(redacted)/docker.sock",
  ],
  ["/wsl/windlass-a-1/0123456789abcdef0123456789abcdef", "/wsl/windlass-a-1/(redacted)"],
  ['{"token": "0123456789abcdef0123456789abcdef"}', '{"token": "(redacted)"}'],
  ["use ghp_0123456789abcdefABCD or glpat-0123456789", "use (redacted) or (redacted)"],
  ["github_pat_11AAAAAAA0_abcdef and xoxb-12345-67890-abc", "(redacted) and (redacted)"],
  ["jwt eyJhbGciOi.eyJzdWIiOi.c2ln!", "jwt (redacted)!"],
  ["curl -u me:x https://h", "curl -u me:(redacted) https://h"],
  ["docker run -u 1000:1000 x", "docker run -u 1000:1000 x"],
  ["docker login --password hunter2 r", "docker login --password (redacted) r"],
  ["http://user:p@ss/hunter2@proxy:80", "http://(redacted)@proxy:80"],
  ["http://user:pa/ss@proxy:80", "http://(redacted)@proxy:80"],
  ["http://user:my pass@proxy:80", "http://(redacted)@proxy:80"],
  ["http://localhost:5000/image@sha256:abc", "http://localhost:5000/image@sha256:abc"],
  [
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx",
    "-----BEGIN RSA PRIVATE KEY-----(redacted)-----END RSA PRIVATE KEY-----\nx",
  ],
  ["-----BEGIN PRIVATE KEY-----\nMIIE", "-----BEGIN PRIVATE KEY-----(redacted)"],
  ["MIIEpAIBAAKCAQEAx" + "Ab0/".repeat(12), "(redacted)"],
  ["0123456789abcdef".repeat(4), "0123456789abcdef".repeat(4)],
  [
    'failed: process "/bin/sh -c echo pS && \\"x\\"" did not complete successfully: exit code: 1',
    'failed: process "(redacted)" did not complete successfully: exit code: 1',
  ],
  [
    '{"e":"process \\"/bin/sh -c echo x\\" did not complete"}\nprocess "x" runs',
    '{"e":"process \\"(redacted)\\" did not complete"}\nprocess "x" runs',
  ],
  ['process "/bin/sh -c echo that is cut', 'process "(redacted)'],
  ['\\"Authorization\\":\\"Bearer x\\"', '\\"Authorization\\":\\"(redacted)\\"'],
  ["mail me@example.org", "mail me@example.org"],
];

for (const [text, clean] of TEXTS) {
  Deno.test(`Redactor.text() of ${text}`, () => assert.equal(new Redactor().text(text), clean));
}

Deno.test("Redactor.text() changes nothing the second time", () => {
  for (const [, clean] of TEXTS) assert.equal(new Redactor().text(clean), clean);
});

Deno.test("Redactor.hide() takes a value out wherever it is", () => {
  const redactor = new Redactor();
  redactor.hide("");
  redactor.hide("0123abcd");
  assert.equal(redactor.text("it is 0123abcd, twice: 0123abcd"), "it is (redacted), twice: (redacted)");
});

Deno.test("LogStore keeps no secret: not in memory, not on disk, not for followers", () => {
  const stored: unknown[] = [];
  const logs = new LogStore({ append: (line) => stored.push(line) });
  logs.logOf("host")("info", "proxy http://u:hunter2@p", { proxy: "http://u:hunter2@p", port: 3128 });
  logs.logOf("host")("info", "clean");
  for (const lines of [stored, logs.tail(10)]) {
    assert.ok(!JSON.stringify(lines).includes("hunter2"), JSON.stringify(lines));
    assert.equal(lines.length, 2);
  }
});
