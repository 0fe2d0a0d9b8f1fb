import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import type { ProxyAddress, Way } from "../way.ts";
import { UpstreamBook } from "./upstream_book.ts";

const proxy = (hostname: string): ProxyAddress => ({
  scheme: "http",
  hostname,
  port: 8080,
  credentials: { username: "u", password: "secret" },
});
const through = (hostname: string): Way => ({ kind: "proxy", proxy: proxy(hostname) });
const DOWN = new WindlassError("WL_PROXY_UNREACHABLE", "Cannot connect to the proxy");
const REFUSED = new WindlassError("WL_PROXY_REFUSED", "Cannot connect to a.example");
const DIRECT: Way = { kind: "direct" };

Deno.test("UpstreamBook tries a proxy last that was down a moment ago", () => {
  let now = 0;
  const book = new UpstreamBook({ now: () => now });
  const ways = [through("a"), through("b"), DIRECT];
  assert.deepEqual(book.ordered(ways), ways);
  book.noteFailure(proxy("a"), DOWN, true);
  book.noteFailure(proxy("b"), REFUSED, false);
  assert.deepEqual(book.ordered(ways), [through("b"), DIRECT, through("a")]);
  now += PROXY_LIMITS.avoidMilliseconds;
  assert.deepEqual(book.ordered(ways), ways);
});

Deno.test("UpstreamBook takes a proxy back as soon as it works", () => {
  const book = new UpstreamBook({ now: () => 0 });
  book.noteFailure(proxy("a"), DOWN, true);
  book.noteWorking(proxy("a"));
  assert.deepEqual(book.ordered([through("a"), DIRECT]), [through("a"), DIRECT]);
});

Deno.test("UpstreamBook avoids no proxy once the network has changed", () => {
  const book = new UpstreamBook({ now: () => 0 });
  book.noteFailure(proxy("a"), DOWN, true);
  book.tryAllAgain();
  assert.deepEqual(book.ordered([through("a"), DIRECT]), [through("a"), DIRECT]);
});

Deno.test("UpstreamBook lists the last answers without credentials, the newest first, and not without bound", () => {
  const book = new UpstreamBook({ now: () => 0 });
  for (let index = 0; index < 30; index++) book.noteWorking(proxy(`p${index}`));
  book.noteFailure(proxy("p29"), DOWN, true);
  const list = book.list();
  assert.equal(list.length, PROXY_LIMITS.upstreams);
  assert.deepEqual(list.slice(0, 2), [
    {
      address: "http://p29:8080",
      answer: DOWN.message,
      working: false,
      at: "1970-01-01T00:00:00.000Z",
    },
    { address: "http://p28:8080", answer: "connected", working: true, at: "1970-01-01T00:00:00.000Z" },
  ]);
});

Deno.test("UpstreamBook knows which proxies ask for a sign-in", () => {
  const book = new UpstreamBook();
  book.noteSignIn(proxy("a"), true);
  book.noteSignIn(proxy("b"), false);
  assert.deepEqual(["a", "b", "c"].map((name) => book.asksForSignIn(proxy(name))), [true, false, undefined]);
});

Deno.test("UpstreamBook reports what is wrong with a proxy until it works, or the network changes", () => {
  let changes = 0;
  const book = new UpstreamBook({ now: () => 0, onChange: () => changes++ });
  book.noteFailure(proxy("a"), DOWN, true);
  book.noteFailure(proxy("a"), DOWN, true);
  assert.deepEqual([book.problems(), changes], [[DOWN], 1]);
  book.noteWorking(proxy("a"));
  assert.deepEqual([book.problems(), changes], [[], 2]);
  book.noteFailure(proxy("b"), REFUSED, false);
  assert.deepEqual(book.problems(), []);
  book.noteFailure(proxy("a"), DOWN, true);
  book.tryAllAgain();
  assert.deepEqual(book.problems(), []);
});
