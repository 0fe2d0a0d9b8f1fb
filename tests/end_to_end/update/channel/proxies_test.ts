import assert from "node:assert/strict";
import { join } from "node:path";
import type { DecideWay, Way } from "../../../../src/proxy/way.ts";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import type { ChannelProgramOptions } from "../../../support/channel_program.ts";
import { openChannelServer } from "../../../support/channel_server.ts";
import { openHttpProxy } from "../../../support/http_proxy.ts";
import { REPOSITORY } from "../../../support/repository.ts";
import { runChecked } from "../../../support/run_command.ts";
import { makeTestCertificate } from "../../../support/test_certificates.ts";

const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"];

/** Sets the variables of a proxy, and takes away all others, until it is disposed. */
function withVariables(values: Readonly<Record<string, string>>): Disposable {
  const names = VARIABLES.flatMap((name) => [name, name.toLowerCase()]);
  const saved = names.map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  for (const name of names) set(name, values[name]);
  return { [Symbol.dispose]: () => saved.forEach(([name, value]) => set(name, value)) };
}

/** The same server by a name that only the proxy knows: what is this machine by its address goes past every proxy. */
function named(url: string): string {
  return url.replace("127.0.0.1", "channel.test");
}

/** What a process of its own prints, with that environment on top of ours. */
async function runProgram(options: ChannelProgramOptions, env: Record<string, string> = {}): Promise<string> {
  const program = join(REPOSITORY, "tests/support/channel_program.ts");
  const argv = [Deno.execPath(), "run", "-A", "--no-check", program, JSON.stringify(options)];
  // As the launcher does it: else Deno asks for its own updates through the same proxy.
  return (await runChecked(argv, { env: { DENO_NO_UPDATE_CHECK: "1", ...env } })).stdout.trim();
}

/** A server of the lab's channel that speaks TLS with a certificate that only the authority's file vouches for. */
async function openTlsServer(lab: ChannelLab) {
  const certificate = await makeTestCertificate(lab.folder);
  return { authority: certificate.authority, server: openChannelServer(lab.repository.folder, certificate) };
}

Deno.test("a proxy that is set as a URL gets every request", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  assert.equal(await lab.latest({ proxy: proxy.url }), "one");
  const { url } = lab.server;
  assert.deepEqual(proxy.requests.slice(0, 2), [
    { line: `GET ${url}/metadata/2.root.json`, authorization: null },
    { line: `GET ${url}/metadata/timestamp.json`, authorization: null },
  ]);
  assert.equal(proxy.requests.length, lab.server.requests.length);
});

Deno.test("a proxy gets the name and password of its URL, and nobody else does", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  const secret = proxy.url.replace("//", "//zo%C3%AB:p%40ss@");
  assert.equal(await lab.latest({ proxy: secret }), "one");
  assert.equal(proxy.requests[0]?.authorization, `Basic ${new TextEncoder().encode("zoë:p@ss").toBase64()}`);
  await using refusing = openHttpProxy({ refuse: 407 });
  const message =
    `Cannot reach '${lab.server.url}/metadata/2.root.json' through the proxy '${refusing.url}': ` +
    "it answers with status 407";
  await assert.rejects(lab.latest({ proxy: refusing.url.replace("//", "//zoe:secret@") }), { message });
  assert.ok(!JSON.stringify(lab.lines).includes("secret"));
});

Deno.test("a proxy of the environment is followed, but not for a channel of this machine", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  using _variables = withVariables({ HTTP_PROXY: proxy.url, NO_PROXY: "example.org" });
  assert.equal(await lab.latest({ url: named(lab.server.url), proxy: "system" }), "one");
  assert.equal(proxy.requests.length, 5);
  assert.equal(await lab.latest({ proxy: "system" }), "one");
  assert.equal(proxy.requests.length, 5);
});

Deno.test("a proxy of the environment that changes while a client lives is followed from then on", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  await using other = openHttpProxy();
  const client = lab.client({ url: named(lab.server.url), proxy: "system" });
  const { signal } = new AbortController();
  {
    using _variables = withVariables({ HTTP_PROXY: proxy.url });
    await client.latest(RELEASE, signal);
    assert.deepEqual([proxy.requests.length, other.requests.length], [5, 0]);
  }
  using _variables = withVariables({ all_proxy: other.url });
  await client.latest(RELEASE, signal);
  assert.deepEqual([proxy.requests.length, other.requests.length], [5, 2]);
});

Deno.test("the proxy 'none' goes past a proxy of the environment, and one that is set goes past NO_PROXY", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  using _variables = withVariables({ HTTP_PROXY: proxy.url, NO_PROXY: "*" });
  assert.equal(await lab.latest({ proxy: "none" }), "one");
  assert.equal(proxy.requests.length, 0);
  assert.equal(await lab.latest({ proxy: proxy.url }), "one");
  assert.equal(proxy.requests.length, 2);
  assert.deepEqual([Deno.env.get("HTTP_PROXY"), Deno.env.get("NO_PROXY")], [proxy.url, "*"]);
});

Deno.test("a proxy that nobody is at is named", async () => {
  await using lab = await openChannelLab();
  const proxy = "http://127.0.0.1:2"; // the system gives one so low to nobody
  await assert.rejects(lab.latest({ proxy }), {
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach '${lab.server.url}/metadata/2.root.json' through the proxy '${proxy}': ` +
      "tcp connect error: Connection refused (os error 111)",
  });
});

Deno.test("the ways of a decision are tried in turn, and one that has failed comes last from then on", async () => {
  await using lab = await openChannelLab();
  await using proxy = openHttpProxy();
  const dead: Way = { kind: "proxy", proxy: { scheme: "http", hostname: "127.0.0.1", port: 2 } };
  const { hostname, port } = new URL(proxy.url);
  const alive: Way = { kind: "proxy", proxy: { scheme: "http", hostname, port: Number(port) } };
  const old: Way = { kind: "proxy", proxy: { scheme: "socks4", hostname: "127.0.0.1", port: 2 } };
  const targets: string[] = [];
  const ways: DecideWay = {
    decide: (target) => {
      targets.push(`${target.scheme} ${target.hostname} ${target.port}`);
      return Promise.resolve({ ways: [old, dead, alive, { kind: "direct" }], rule: "a PAC file" });
    },
  };
  assert.equal(await lab.latest({ proxy: "system", ways }), "one");
  assert.equal(proxy.requests.length, 5);
  assert.deepEqual([...new Set(targets)], [`http 127.0.0.1 ${new URL(lab.server.url).port}`]);
  const none: DecideWay = { decide: () => Promise.resolve({ ways: [dead, dead], rule: "a PAC file" }) };
  await assert.rejects(lab.latest({ proxy: "system", ways: none }), { code: "WL_UPDATE_UNREACHABLE" });
});

for (
  const [proxy, reason] of [
    ["", "it is not the URL of a proxy"],
    ["auto", "it is not the URL of a proxy"],
    ["ftp://x/", "it is not the URL of a proxy"],
    ["http://", "it is not the URL of a proxy"],
    ["127.0.0.1:3128", "it has no scheme; use 'http://127.0.0.1:3128'"],
  ] as const
) {
  Deno.test(`'${proxy}' is refused as a proxy`, async () => {
    await using lab = await openChannelLab();
    assert.throws(() => lab.client({ proxy }), {
      code: "WL_UPDATE_ADDRESS_INVALID",
      message: `Cannot use the proxy '${proxy}': ${reason}`,
    });
  });
}

Deno.test("https is trusted as the environment says, directly and through the tunnel of a proxy", async () => {
  await using lab = await openChannelLab();
  const tls = await openTlsServer(lab);
  await using _server = tls.server;
  await using proxy = openHttpProxy();
  const options = { ...lab.programOptions(), url: tls.server.url, latest: RELEASE };
  const env = { DENO_CERT: tls.authority };
  assert.equal(await runProgram(options, env), "one");
  assert.equal(await runProgram({ ...options, proxy: proxy.url }, env), "one");
  const url = named(tls.server.url);
  assert.equal(
    await runProgram({ ...options, url, proxy: "system" }, { ...env, https_proxy: proxy.url, no_proxy: "" }),
    "one",
  );
  const lines = [tls.server.url, url].map((url) => `CONNECT ${new URL(url).host}`);
  assert.deepEqual([...new Set(proxy.requests.map(({ line }) => line))], lines);

  assert.deepEqual(JSON.parse(await runProgram(options)), {
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach '${tls.server.url}/metadata/2.root.json': invalid peer certificate: UnknownIssuer`,
  });
});

Deno.test("a redirect from https to http is not followed, one from http to https is", async () => {
  await using lab = await openChannelLab();
  const { authority, server } = await openTlsServer(lab);
  await using tls = server;
  const env = { DENO_CERT: authority };
  const options = { ...lab.programOptions(), latest: RELEASE };
  tls.break("metadata/timestamp.json", { kind: "redirect", to: `${lab.server.url}/metadata/timestamp.json` });
  assert.deepEqual(JSON.parse(await runProgram({ ...options, url: tls.url }, env)), {
    code: "WL_UPDATE_UNREACHABLE",
    message:
      `Cannot reach '${tls.url}/metadata/timestamp.json': it redirects to 'http:', which is less secure`,
  });
  tls.mend();
  lab.server.break("metadata/timestamp.json", { kind: "redirect", to: `${tls.url}/metadata/timestamp.json` });
  assert.equal(await runProgram(options, env), "one");
});

Deno.test("the name and password of a channel's address go to it, and to no other server", async () => {
  await using lab = await openChannelLab();
  const seen: (string | null)[][] = [[], []];
  const serve = (of: (string | null)[], to: () => string) =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      of.push(request.headers.get("authorization"));
      return new Response(null, {
        status: 302,
        headers: { location: `${to()}${new URL(request.url).pathname}` },
      });
    });
  await using other = serve(seen[1]!, () => lab.server.url);
  await using first = serve(seen[0]!, () => `http://127.0.0.1:${other.addr.port}`);
  assert.equal(await lab.latest({ url: `http://zoe:pass@127.0.0.1:${first.addr.port}/` }), "one");
  const basic = `Basic ${new TextEncoder().encode("zoe:pass").toBase64()}`;
  assert.deepEqual(seen, [Array(5).fill(basic), Array(5).fill(null)]);
});
