/** PAC files that loop, lie, or hold no JavaScript: requests leave directly, the fault is said, and the host is unharmed. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { openPortLab } from "../support/port_lab.ts";
import { startRawProxyClient } from "../support/raw_proxy_client.ts";
import { answerOnce, openRawService } from "../support/raw_service.ts";
import { residentMegabytes } from "../support/resident_megabytes.ts";

/** What the host may grow by while a PAC file takes all memory that it gets. */
const GROWTH_MEGABYTES = 400;
const UPSTREAM = "UPSTREAM";

type ServePac = (request: Request) => Response | Promise<Response>;

Deno.test("PAC files that do not behave", async (test) => {
  await using lab = await openPortLab();
  const attacker = await startRawProxyClient(lab.docker);
  const { host } = await lab.windlass.status();
  const before = await residentMegabytes(host.pid!);
  using service = openRawService(answerOnce("direct"));
  using upstream = openRawService(answerOnce("by the upstream"));
  let answer: ServePac = () => new Response("none", { status: 404 });
  await using pacServer = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answer(request),
  );
  let count = 0;
  const usePac = async (respond: ServePac) => {
    answer = respond;
    // A name of its own, since the last file that worked is kept for an address.
    const url = `pac:http://127.0.0.1:${pacServer.addr.port}/${++count}.pac`;
    await lab.windlass.run(["settings", "set", "network.proxy", url]);
    return url;
  };
  const seen = (text: string) => text.replaceAll(UPSTREAM, `127.0.0.1:${upstream.port}`);

  await test.step("one that behaves decides the way", async () => {
    await usePac(() => new Response(seen(pac(`return "PROXY ${UPSTREAM}; DIRECT"`))));
    // An interpreter that has not started within its 5 s, on a busy machine, is tried again.
    await eventually(async () =>
      assert.match(await attacker.get("http://registry.example/"), /by the upstream$/)
    );
  });

  for (const [name, body] of Object.entries(HOSTILE_FILES)) {
    await test.step(`a file that ${name}`, async () => {
      await usePac(() => new Response(body));
      const page = await attacker.get("http://registry.invalid/");
      // The way is direct then, and nobody has that name.
      assert.match(page, /^HTTP\/1\.1 502 /, page);
      assert.match(page, /PAC/, "the page says that the PAC file has decided nothing");
      assert.match(await attacker.get(`http://localhost:${service.port}/`), /direct$/, "others are served");
    });
  }

  for (const [name, respond] of Object.entries(HOSTILE_SERVERS)) {
    await test.step(`a server that ${name}`, async () => {
      await usePac(respond);
      assert.match(await attacker.get("http://registry.invalid/"), /^HTTP\/1\.1 502 [^]*PAC/);
      const report = JSON.parse(await lab.windlass.run(["network", "--json"]));
      assert.match(JSON.stringify(report), new RegExp(`${count}\\.pac`), "the report names the file");
    });
  }

  for (const [expression, way] of Object.entries(ODD_ANSWERS)) {
    await test.step(`a file that returns ${expression.slice(0, 60)}: ${way}`, async () => {
      await usePac(() => new Response(seen(pac(`return ${expression}`))));
      await eventually(async () => {
        const page = await attacker.get("http://registry.invalid/");
        assert.match(page, way === "upstream" ? /by the upstream$/ : /^HTTP\/1\.1 502 /, page);
        assert.doesNotMatch(page, /^Injected:/im);
      });
    });
  }

  await test.step("nothing of a PAC file runs or is kept in memory once the setting is another", async () => {
    await lab.windlass.run(["settings", "set", "network.proxy", "none"]);
    assert.match(await attacker.get(`http://localhost:${service.port}/`), /direct$/);
    const grown = await residentMegabytes(host.pid!) - before;
    assert.ok(grown < GROWTH_MEGABYTES, `the host has grown by ${grown} MB`);
    await eventually(async () => assert.ok(await processorSeconds(host.pid!) < 0.5, "a PAC file still runs"));
    assert.deepEqual((await lab.windlass.status()).host, host);
  });

  await test.step("addresses that no PAC file can have are refused with a sentence", async () => {
    const bad = [
      "pac:",
      "pac:x",
      "pac:ftp://a/x.pac",
      "pac:javascript:1",
      "pac:data:text/plain,x",
      "pac:http://",
    ];
    for (const value of bad) {
      const { code, stderr } = await lab.windlass.attempt(["settings", "set", "network.proxy", value]);
      assert.notEqual(code, 0, value);
      assert.match(stderr, /Cannot .+: .+/, value);
    }
  });
});

const pac = (body: string) => `function FindProxyForURL(url, host) { ${body} }`;

const HOSTILE_FILES: Readonly<Record<string, string>> = {
  "loops": pac("for (;;);"),
  "loops while it is read": "for (;;);",
  "throws": pac("throw new Error('\\x1b[31m' + 'x'.repeat(1e6))"),
  "throws nothing": pac("throw null"),
  "throws while it is read": "throw 1",
  "is HTML": "<!DOCTYPE html><html><body>Please sign in</body></html>",
  "is empty": "",
  "is binary": "\x7fELF\x02\x01\x01\0\0\0",
  "has another function": "function FindProxy(url, host) { return 'DIRECT' }",
  "has a value for a function": "var FindProxyForURL = 'DIRECT'",
  "takes all memory": pac("var a = []; for (;;) a.push(new Array(1e6).fill(7))"),
  "takes all memory with texts": pac("var a = 'x'; for (;;) a += a"),
  "recurses": pac("return FindProxyForURL(url, host)"),
  "backtracks": pac("return /^(a+)+$/.test('a'.repeat(60) + '!') ? 'DIRECT' : 'DIRECT'") +
    "\nfor (var i = 0; i < 1; i) /^(a+)+$/.test('a'.repeat(60) + '!');",
  "waits for ever": "async function FindProxyForURL() { await new Promise(function () {}) }",
  "reaches for the runtime": pac("return Deno.readTextFileSync('/etc/passwd')"),
  "reaches for the process": pac("return process.exit(1)"),
  "escapes its sandbox": pac("return this.constructor.constructor('return process')().exit(1)"),
};

const HOSTILE_SERVERS: Readonly<Record<string, ServePac>> = {
  "has no file": () => new Response("no", { status: 404 }),
  "sends 50 MB": () => new Response("/".repeat(50 * 1024 * 1024)),
  "sends without an end": () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024).fill(0x20)),
      }),
    ),
  "redirects to itself": () => new Response(null, { status: 302, headers: { location: "?again" } }),
  "redirects to a file of the machine": () =>
    new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } }),
  "sends nothing": ({ signal }) =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve(new Response("late")))),
  "breaks off": () => new Response(new Uint8Array(1_000), { headers: { "content-length": "2000" } }),
};

/** What FindProxyForURL may return, and where the request goes then. */
const ODD_ANSWERS: Readonly<Record<string, "upstream" | "direct">> = {
  "undefined": "direct",
  "null": "direct",
  "''": "direct",
  "42": "direct",
  "({})": "direct",
  "[]": "direct",
  "'nonsense'": "direct",
  "'PROXY'": "direct",
  "'PROXY :80'": "direct",
  "'PROXY a:0'": "direct",
  "'PROXY a:99999'": "direct",
  "'PROXY a\\r\\nInjected: 1:80'": "direct",
  "'PROXY user:password@a:80'": "direct",
  "'x'.repeat(1e7)": "direct",
  "'PROXY a:1;'.repeat(1e5)": "direct",
  [`' ;; proxy   ${UPSTREAM} ;'`]: "upstream",
  [`'\\tPROXY\\t${UPSTREAM}'`]: "upstream",
  [`'QUIC a:1; PROXY ${UPSTREAM}'`]: "upstream",
  [`'PROXY 127.0.0.1:1; PROXY ${UPSTREAM}'`]: "upstream",
};

/** Seconds of a processor that a process takes within one second. */
async function processorSeconds(pid: number): Promise<number> {
  const ticks = async () => {
    const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return (await ticks() - before) / 100;
}
