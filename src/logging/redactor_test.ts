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
