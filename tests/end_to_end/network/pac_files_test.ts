/** PAC files from a real server, in the real interpreter and its worker. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { proxyText } from "../../../src/proxy/way.ts";
import { openWayDecider } from "../../../src/proxy/ways/open_way_decider.ts";
import type { WayDecider } from "../../../src/proxy/ways/way_decider.ts";
import { NEVER } from "../../../src/timing/sleep.ts";
import { eventually } from "../../support/eventually.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

const FILE = "function FindProxyForURL(url, host) { return 'PROXY proxy.test:8080; DIRECT'; }";
const DECIDED = "http://proxy.test:8080, direct";

/** A decider whose setting is a PAC file at that address. */
function deciderOf(url: string): WayDecider {
  return openWayDecider({ settings: () => ({ proxy: `pac:${url}`, noProxy: [] }), onChange: () => {} });
}

/** The ways of a decision and its rule, as two texts. */
async function decide(decider: WayDecider, hostname = "a.test"): Promise<[string, string]> {
  const { ways, rule } = await decider.decide({ scheme: "https", hostname, port: 443 }, NEVER);
  return [ways.map((way) => way.kind === "direct" ? "direct" : proxyText(way.proxy)).join(", "), rule];
}

/**
 * Asserts what is decided. An interpreter that has not started within its 5 s, on a busy machine, is tried again after a
 * while.
 */
function decides(decider: WayDecider, expected: readonly [ways: string, rule: string]): Promise<void> {
  return eventually(async () => assert.deepEqual(await decide(decider), expected));
}

/** As {@linkcode decides}, whatever the rule. */
function goesBy(decider: WayDecider, expected: string): Promise<void> {
  return eventually(async () => assert.equal((await decide(decider))[0], expected));
}

/** A server on 127.0.0.1 with one answer, and the address of a PAC file there. */
function openServer(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  return {
    server,
    url: `http://127.0.0.1:${server.addr.port}/proxy.pac`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a PAC file decides, whatever its type and encoding, and is fetched with the password of its address", async () => {
  const seen: (string | null)[] = [];
  const bodies: readonly BodyInit[] = [
    FILE,
    `\uFEFF${FILE}`,
    new Uint8Array([
      0xff,
      0xfe,
      ...new Uint8Array(new Uint16Array([...FILE].map((c) => c.charCodeAt(0))).buffer),
    ]),
    new Uint8Array([...new TextEncoder().encode("// "), 0xfc, 0x0a, ...new TextEncoder().encode(FILE)]),
  ];
  for (const body of bodies) {
    await using server = openServer((request) => {
      seen.push(request.headers.get("authorization"));
      return new Response(body, { headers: { "content-type": "text/html" } });
    });
    const url = server.url.replace("//", "//me:p%40ss@");
    using decider = deciderOf(url);
    await decides(decider, [DECIDED, `the PAC file ${url.replace("p%40ss", "***")}`]);
    assert.equal(decider.pac?.state, "ready");
  }
  assert.deepEqual([...new Set(seen)], [`Basic ${btoa("me:p@ss")}`]);
});

Deno.test("a PAC file is fetched directly, whatever the variables say", async () => {
  const before = Deno.env.get("HTTP_PROXY");
  Deno.env.set("HTTP_PROXY", "http://127.0.0.1:2"); // the system gives one so low to nobody
  try {
    await using server = openServer(() => new Response(FILE));
    using decider = deciderOf(server.url);
    await goesBy(decider, DECIDED);
    assert.equal(Deno.env.get("HTTP_PROXY"), "http://127.0.0.1:2");
  } finally {
    if (before === undefined) Deno.env.delete("HTTP_PROXY");
    else Deno.env.set("HTTP_PROXY", before);
  }
});

Deno.test("a PAC file may be on this machine", async () => {
  await using folder = await openTemporaryFolder("windlass-pac");
  const path = join(folder.path, "proxy.pac");
  await Deno.writeTextFile(path, FILE);
  const url = pathToFileURL(path).href;
  using decider = deciderOf(url);
  await decides(decider, [DECIDED, `the PAC file ${url}`]);
  using absent = deciderOf(`${url}x`);
  assert.deepEqual(await decide(absent), [
    "direct",
    `directly, since the PAC file ${url}x cannot be used: there is no such file`,
  ]);
});

for (
  const { what, answer, problem } of [
    {
      what: "is missing",
      answer: () => new Response("no", { status: 404 }),
      problem: "cannot be used: its server answers with status 404",
    },
    {
      what: "is a web page",
      answer: () => new Response("<!doctype html><html>Sign in</html>"),
      problem: "cannot be used: it is a web page; this network may require you to sign in",
    },
    {
      what: "is empty",
      answer: () => new Response(""),
      problem: "cannot be used: it has no function FindProxyForURL",
    },
    {
      what: "has no end",
      answer: () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) }),
        ),
      problem: "cannot be used: it has more than 1 MiB",
    },
    {
      what: "does not come",
      answer: () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
      problem: "cannot be used: its server does not answer within 5 s",
    },
    {
      what: "redirects for ever",
      answer: () => new Response(null, { status: 302, headers: { location: "/proxy.pac" } }),
      problem: "cannot be used: Fetch failed: Maximum number of redirects (20) reached",
    },
    {
      what: "throws",
      answer: () => new Response("function FindProxyForURL() { throw new Error('no rule'); }"),
      problem: "fails for this host: no rule",
    },
    {
      what: "loops",
      answer: () => new Response("function FindProxyForURL() { while (true) {} }"),
      problem: "fails for this host: it does not end",
    },
    {
      what: "uses up its memory",
      answer: () =>
        new Response(
          "function FindProxyForURL() { for (var all = [];; all.push('x'.repeat(1 << 24))) {} }",
        ),
      problem: "fails for this host: out of memory",
    },
    {
      what: "answers nonsense",
      answer: () => new Response("function FindProxyForURL() { return 'GO\\u0007AWAY'; }"),
      problem: "answers 'GO AWAY', which names no way",
    },
  ]
) {
  Deno.test(`a PAC file that ${what} leads to direct connections, and the rule says why`, async () => {
    await using server = openServer(answer);
    using decider = deciderOf(server.url);
    await decides(decider, [
      "direct",
      `directly, since the PAC file ${server.url} ${problem}`,
    ]);
  });
}

Deno.test("a PAC file whose server is gone is not waited for twice", async () => {
  using decider = deciderOf("http://127.0.0.1:2/proxy.pac"); // the system gives one so low to nobody
  const expected = [
    "direct",
    "directly, since the PAC file http://127.0.0.1:2/proxy.pac cannot be used: " +
    "nothing listens at its address",
  ];
  assert.deepEqual(await decide(decider), expected);
  assert.equal(decider.pac?.state, "failed");
  assert.deepEqual(await decide(decider, "b.test"), expected);
});

Deno.test("a PAC file that changes is followed when the network changes, and kept when its server is gone", async () => {
  let body = FILE;
  const first = openServer(() => new Response(body));
  using decider = deciderOf(first.url);
  await goesBy(decider, DECIDED);
  body = FILE.replace("proxy.test", "other.test");
  decider.forget();
  await goesBy(decider, "http://other.test:8080, direct");
  await first[Symbol.asyncDispose]();
  decider.forget();
  await goesBy(decider, "http://other.test:8080, direct");
  assert.equal(decider.pac?.state, "stale");
});
