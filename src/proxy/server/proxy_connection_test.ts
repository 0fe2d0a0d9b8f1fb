import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import { ProxyDown } from "../upstream/proxy_down.ts";
import { DIRECT, ProxyLab, proxyWay } from "../../../tests/fakes/proxy_lab.ts";
import { wayText } from "../way.ts";

const CONNECT = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n";
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

Deno.test("ProxyConnection opens a tunnel, and loses nothing that the client sends early", async () => {
  const lab = new ProxyLab();
  lab.send(`${CONNECT}hello`);
  const server = await lab.server();
  assert.equal(server.opened, "tunnel a.example:443 by direct");
  assert.equal(await lab.receive(ESTABLISHED.length), ESTABLISHED);
  assert.equal(await server.text(), "hello");
  await server.write("world");
  assert.equal(await lab.receive(5), "world");
  await lab.closeWrite();
  assert.equal(await server.text(), null);
  await server.write("late");
  await server.stream.closeWrite();
  assert.equal(await lab.rest(), "late");
  assert.deepEqual(lab.hosts.list().map(({ at: _, milliseconds: __, ...host }) => host), [{
    host: "a.example",
    port: 443,
    client: "container",
    way: "direct",
    rule: "the test",
    outcome: "connected",
    reached: true,
    requests: 1,
    failures: 0,
  }]);
});

Deno.test("ProxyConnection tries the next way where a proxy is down, and that one last from then on", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("dead.example"), proxyWay("p.example", "socks5")];
  lab.failures.set(
    "http://dead.example:3128",
    new ProxyDown("Cannot connect to it"),
  );
  lab.send(CONNECT);
  assert.equal((await lab.server()).opened, "tunnel a.example:443 by socks5://p.example:3128");
  await lab.receive(ESTABLISHED.length);
  await lab.end();
  assert.deepEqual(lab.upstreams.ordered(lab.ways).map(wayText), [
    "socks5://p.example:3128",
    "http://dead.example:3128",
  ]);
});

Deno.test("ProxyConnection avoids no proxy for what a target may have caused", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example"), DIRECT];
  lab.failures.set(
    "http://p.example:3128",
    new WindlassError("WL_PROXY_UNREACHABLE", "Cannot use the proxy: it does not answer"),
  );
  lab.send(CONNECT);
  assert.equal((await lab.server()).opened, "tunnel a.example:443 by direct");
  await lab.receive(ESTABLISHED.length);
  await lab.end();
  assert.deepEqual(lab.upstreams.ordered(lab.ways).map(wayText), ["http://p.example:3128", "direct"]);
});

Deno.test("ProxyConnection tries no other way where a proxy refuses", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example"), DIRECT];
  const message = 'Cannot connect to a.example:443: the proxy http://p.example:3128 answers "403 Forbidden"';
  lab.failures.set("http://p.example:3128", new WindlassError("WL_PROXY_REFUSED", message));
  lab.send(CONNECT);
  const [status, ...lines] = (await lab.rest()).split("\r\n");
  assert.equal(status, `HTTP/1.1 502 ${message} (WL_PROXY_REFUSED)`);
  assert.equal(
    lines.at(-1),
    [
      message,
      "Decided by: the test",
      "What to do: Ask for that host to be allowed by the proxy, or list it in 'network.noProxy' if it can be reached without the proxy.",
      "Code: WL_PROXY_REFUSED",
      "",
    ].join("\n"),
  );
  assert.deepEqual(lab.hosts.list().map(({ outcome, reached, failures }) => [outcome, reached, failures]), [
    [message, false, 1],
  ]);
});

Deno.test("ProxyConnection says of all ways why they failed", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example"), DIRECT];
  lab.failures.set(
    "http://p.example:3128",
    new WindlassError("WL_PROXY_UNREACHABLE", "Cannot connect to the proxy"),
  );
  lab.failures.set(
    "direct",
    new WindlassError("WL_PROXY_TARGET_UNREACHABLE", "Cannot connect to a.example:443"),
  );
  lab.send(CONNECT);
  const expected = "Cannot connect to the proxy; cannot connect to a.example:443";
  assert.ok((await lab.rest()).startsWith(`HTTP/1.1 502 ${expected} (WL_PROXY_UNREACHABLE)\r\n`));
});

Deno.test("ProxyConnection says what it is, and forwards nothing to itself", async () => {
  for (const target of ["/", "http://http.docker.internal:3128/x"]) {
    const lab = new ProxyLab();
    lab.send(`GET ${target} HTTP/1.1\r\nHost: http.docker.internal:3128\r\n\r\n`);
    assert.match(await lab.rest(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nThis is the network proxy of Windlass/);
  }
  const lab = new ProxyLab();
  lab.send("CONNECT http.docker.internal:3128 HTTP/1.1\r\n\r\n");
  assert.match(
    await lab.rest(),
    /^HTTP\/1\.1 400 Cannot forward the request: its target is http\.docker\.internal, this/,
  );
});

Deno.test("ProxyConnection refuses what it cannot read, with a page", async () => {
  for (
    const [text, status] of [
      ["GET / HTTP/1.1\n\n", 400],
      ["GET http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
      [`GET / HTTP/1.1\r\nA: ${"b".repeat(70_000)}`, 431],
      ["\x16\x03\x01\x02\0\x01\r\n\r\n", 400],
    ] as const
  ) {
    const lab = new ProxyLab();
    lab.send(text);
    const page = await lab.rest();
    assert.ok(page.startsWith(`HTTP/1.1 ${status} Cannot forward the request: `), page);
    assert.ok(page.endsWith("Code: WL_PROXY_REQUEST_INVALID\n"), page);
  }
});

Deno.test("ProxyConnection leads a proxy that runs in a container out, not to itself", async () => {
  for (const [hostname, way] of [["localhost", "direct"], ["p.example", "http://p.example:3128"]] as const) {
    const lab = new ProxyLab();
    lab.ways = [proxyWay(hostname)];
    lab.containers.set(3128, ["172.17.0.2"]);
    lab.send(CONNECT);
    assert.equal((await lab.server()).opened, `tunnel a.example:443 by ${way}`);
    await lab.receive(ESTABLISHED.length);
    await lab.end();
  }
});

Deno.test("ProxyConnection ends with a client that sends no complete head in time, at first or between requests", async () => {
  for (const text of ["", "GET http://a.example/ HTTP/1.1\r\n"]) {
    const lab = new ProxyLab({ limits: { headMilliseconds: 1, idleMilliseconds: 60_000 } });
    if (text !== "") lab.send(text);
    assert.equal(await lab.rest(), "");
  }
  const lab = new ProxyLab({ limits: { headMilliseconds: 60_000, idleMilliseconds: 1 } });
  lab.send("GET http://a.example/ HTTP/1.1\r\n\r\n");
  const server = await lab.server();
  await server.head();
  await server.write("HTTP/1.1 204 No content\r\n\r\n");
  assert.equal(await lab.rest(), "HTTP/1.1 204 No content\r\nConnection: keep-alive\r\n\r\n");
});

Deno.test("ProxyConnection shortens a long sentence in the line that Docker shows, and keeps its code", async () => {
  const lab = new ProxyLab();
  const message = `Cannot connect to a.example:443: ${"x\u00e4".repeat(500)}`;
  lab.failures.set("direct", new WindlassError("WL_PROXY_TARGET_UNREACHABLE", message));
  lab.send(CONNECT);
  const [status = ""] = (await lab.rest()).split("\r\n");
  assert.match(
    status,
    /^HTTP\/1\.1 502 Cannot connect to a\.example:443: [x ]+\.\.\. \(WL_PROXY_TARGET_UNREACHABLE\)$/,
  );
  assert.ok(status.length < 270, status);
});
