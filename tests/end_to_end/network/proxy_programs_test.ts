/** The network proxy with real programs around it: curl as its client, squid and tinyproxy as a company's proxies. */
import assert from "node:assert/strict";
import type { ProxyAddress, Way } from "../../../src/proxy/way.ts";
import { openAuthority } from "../../support/company_network/authority.ts";
import { openSquid, openTinyproxy } from "../../support/company_network/proxies.ts";
import { openWebServer } from "../../support/company_network/web_server.ts";
import { eventually } from "../../support/eventually.ts";
import { freePorts } from "../../support/free_ports.ts";
import { type NetworkProxy, openNetworkProxy } from "../../support/network_proxy.ts";
import { runCommand } from "../../support/run_command.ts";

const CREDENTIALS = { user: "ann", password: "s3cret" };
const SIGNED_IN = { username: CREDENTIALS.user, password: CREDENTIALS.password };

/** The way through a proxy of this machine. */
function through(port: number, more: Partial<ProxyAddress> = {}): Way {
  return { kind: "proxy", proxy: { scheme: "http", hostname: "127.0.0.1", port, ...more } };
}

/** Lines for a squid that asks one web server, whatever the name: no name server is needed. */
function leadsTo(port: number): { readonly configuration: readonly string[] } {
  const answer = `OK\\x20rewrite-url=127.0.0.1:${port}`;
  return {
    configuration: [
      `cache_peer 127.0.0.1 parent ${port} 0 no-query originserver`,
      "acl tunnels method CONNECT",
      "never_direct allow !tunnels",
      `url_rewrite_program /usr/bin/sed -u s/.*/${answer}/`,
      "url_rewrite_children 1",
      "url_rewrite_access allow tunnels",
      "url_rewrite_access deny all",
    ],
  };
}

/** What curl gets through the network proxy. */
async function curl(proxy: NetworkProxy, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCommand([
    ...["curl", "--silent", "--show-error", "--noproxy", "", "--proxy", proxy.url],
    ...args,
  ]);
  return { code, stdout, stderr };
}

async function openWeb() {
  const web = await openWebServer({ port: freePorts() });
  await web.write("page", "a page\n");
  return web;
}

Deno.test("a proxy that asks for a password gets it, for tunnels and for requests, with bodies or without", async () => {
  await using web = await openWeb();
  await using squid = await openSquid({ port: freePorts(), credentials: CREDENTIALS, ...leadsTo(web.port) });
  await using proxy = openNetworkProxy();
  proxy.ways = [through(squid.port, { credentials: SIGNED_IN })];
  const url = "http://www.company.test/page";
  const two = await curl(proxy, url, url);
  assert.deepEqual([two.stdout, two.stderr], ["a page\na page\n", ""]);
  assert.equal((await curl(proxy, "--proxytunnel", url)).stdout, "a page\n");
  // The web server takes no body: what counts is that it gets the request once, and whole.
  const post = await curl(proxy, "--data", "x".repeat(100_000), "--write-out", "%{http_code}", url);
  assert.match(post.stdout, /501$/, post.stderr);
  await eventually(async () => {
    const requests = await squid.requests();
    assert.deepEqual(requests.filter((request) => !request.startsWith("HEAD")), [
      ...[`GET ${url}`, `GET ${url}`, "CONNECT www.company.test:80", `POST ${url}`],
    ]);
  });
  const [host] = proxy.hosts.list();
  assert.equal(host?.way, `http://127.0.0.1:${squid.port}`);
  assert.ok(!JSON.stringify([proxy.hosts.list(), proxy.upstreams.list()]).includes("s3cret"));
});

Deno.test("a password that is refused is said to be, in the line that Docker shows, and not tried again and again", async () => {
  await using web = await openWeb();
  await using squid = await openSquid({ port: freePorts(), credentials: CREDENTIALS, ...leadsTo(web.port) });
  await using proxy = openNetworkProxy();
  proxy.ways = [through(squid.port, { credentials: { username: "ann", password: "wrong" } })];
  for (const target of ["--proxytunnel", "--get"]) {
    const { stdout, stderr } = await curl(proxy, target, "--dump-header", "-", "http://www.company.test/");
    const [status] = stdout.split("\r\n");
    assert.ok(status?.includes("(WL_PROXY_SIGN_IN_REFUSED)"), stdout + stderr);
    assert.ok(!stdout.includes("wrong"), stdout);
  }
  proxy.ways = [through(squid.port)];
  const { stdout } = await curl(proxy, "--include", "http://www.company.test/");
  assert.ok(stdout.includes("Code: WL_PROXY_CREDENTIALS_NEEDED"), stdout);
});

Deno.test("a proxy that refuses a host is quoted", async () => {
  await using squid = await openSquid({ port: freePorts(), forbidden: [".games.test"] });
  await using proxy = openNetworkProxy();
  proxy.ways = [through(squid.port), { kind: "direct" }];
  const { stdout, code } = await curl(
    proxy,
    "--proxytunnel",
    "--dump-header",
    "-",
    "https://www.games.test/",
  );
  assert.notEqual(code, 0);
  const says =
    `Cannot connect to www.games.test:443: the proxy http://127.0.0.1:${squid.port} answers "403 Forbidden, ERR_ACCESS_DENIED 0": `;
  assert.ok(stdout.startsWith(`HTTP/1.1 502 ${says}`), stdout);
});

Deno.test("a proxy that closes its connection after each answer is signed in to as well", async () => {
  await using tinyproxy = await openTinyproxy({ port: freePorts(), credentials: CREDENTIALS });
  await using proxy = openNetworkProxy();
  proxy.ways = [through(tinyproxy.port, { credentials: SIGNED_IN })];
  // It resolves no name here: that it says so shows that it has let us in.
  const { stdout } = await curl(proxy, "--include", "http://unknown.invalid/");
  assert.match(stdout, /^HTTP\/1\.1 5\d\d (?!.*WL_PROXY_SIGN_IN)/, stdout);
  await eventually(async () => {
    assert.ok((await tinyproxy.requests()).includes("GET http://unknown.invalid/"));
  });
});

Deno.test("the next proxy is asked when the first one is dead, and the first one again when all others are", async () => {
  await using web = await openWeb();
  await using first = await openSquid({ port: freePorts(), ...leadsTo(web.port) });
  await using second = await openSquid({ port: freePorts(), ...leadsTo(web.port) });
  await using proxy = openNetworkProxy();
  proxy.ways = [through(first.port), through(second.port)];
  const url = "http://www.company.test/page";
  const way = async () => {
    assert.equal((await curl(proxy, url)).stdout, "a page\n");
    return proxy.hosts.list()[0]?.way;
  };
  await first.stop();
  assert.equal(await way(), `http://127.0.0.1:${second.port}`);
  await second.stop();
  await first.start();
  assert.equal(await way(), `http://127.0.0.1:${first.port}`);
  await first.stop();
  const { stdout } = await curl(proxy, "--include", url);
  assert.ok(
    stdout.includes(`: nothing listens at 127.0.0.1:${first.port}; cannot connect to the proxy `),
    stdout,
  );
});

Deno.test("a proxy that is spoken to by TLS proves itself with a certificate that the machine trusts", async () => {
  await using web = await openWeb();
  await using squid = await openSquid({ port: freePorts(), ...leadsTo(web.port) });
  await using authority = await openAuthority();
  const { certificate, key } = await authority.issue("127.0.0.1", "127.0.0.1");
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: certificate, key });
  const { port } = listener.addr as Deno.NetAddr;
  const serving = serveInFrontOf(listener, squid.port);
  {
    await using trusting = openNetworkProxy({ certificates: [authority.root, authority.intermediate] });
    trusting.ways = [through(port, { scheme: "https" })];
    assert.equal((await curl(trusting, "http://www.company.test/page")).stdout, "a page\n");
    assert.equal((await curl(trusting, "--proxytunnel", "http://www.company.test/page")).stdout, "a page\n");
    await using careful = openNetworkProxy();
    careful.ways = [through(port, { scheme: "https" })];
    const { stdout } = await curl(careful, "--include", "http://www.company.test/page");
    assert.match(
      stdout,
      /Cannot use the proxy https:\/\/127\.0\.0\.1:\d+: TLS with it fails \(invalid peer certificate/,
    );
  }
  listener.close();
  await serving;
});

/** Joins each client of a TLS listener to a port of this machine. Resolves when the listener is closed. */
async function serveInFrontOf(listener: Deno.TlsListener, port: number): Promise<void> {
  for (;;) {
    const client = await listener.accept().catch((error) => {
      if (error instanceof Deno.errors.BadResource) return null;
      throw error;
    });
    if (client === null) return;
    const upstream = await Deno.connect({ hostname: "127.0.0.1", port });
    // Either end may break off: that is what one of the tests is about.
    void client.readable.pipeTo(upstream.writable).catch(() => {});
    void upstream.readable.pipeTo(client.writable).catch(() => {});
  }
}
