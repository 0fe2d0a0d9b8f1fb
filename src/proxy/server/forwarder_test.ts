import assert from "node:assert/strict";
import { ProxyLab, proxyWay } from "../../../tests/fakes/proxy_lab.ts";

const GET = "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n";
const GOT = "GET /x HTTP/1.1 | Host: a.example | Connection: keep-alive";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const OK_KEPT = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";

Deno.test("Forwarder forwards one request after the other over one connection to the server", async () => {
  const lab = new ProxyLab();
  lab.send(`${GET}${GET}`); // as apt does
  const server = await lab.server();
  for (let count = 0; count < 2; count++) {
    assert.equal(await server.head(), GOT);
    await server.write(OK);
    assert.equal(await lab.receive(OK_KEPT.length), OK_KEPT);
  }
  await lab.end();
  assert.equal(await server.head(), undefined);
});

Deno.test("Forwarder takes a new connection for another target, and the Host of the target", async () => {
  const lab = new ProxyLab();
  lab.send(GET);
  const first = await lab.server();
  await first.head();
  await first.write(OK);
  await lab.receive(OK_KEPT.length);
  lab.send("GET http://b.example:81/y HTTP/1.1\r\nHost: a.example\r\n\r\n");
  const second = await lab.server();
  assert.equal(second.opened, "tunnel b.example:81 by direct");
  assert.equal(await second.head(), "GET /y HTTP/1.1 | Host: b.example:81 | Connection: keep-alive");
  assert.equal(await first.head(), undefined);
  await lab.end();
});

Deno.test("Forwarder repeats a safe request if the connection that was kept has ended", async () => {
  const lab = new ProxyLab();
  lab.send(GET);
  const first = await lab.server();
  await first.head();
  await first.write(OK);
  await lab.receive(OK_KEPT.length);
  first.stream.close();
  lab.send(GET);
  const second = await lab.server();
  assert.equal(await second.head(), GOT);
  await second.write(OK);
  assert.equal(await lab.receive(OK_KEPT.length), OK_KEPT);
  await lab.end();
});

Deno.test("Forwarder gives an HTTP proxy whole addresses", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example")];
  lab.send(GET);
  const server = await lab.server();
  assert.equal(server.opened, "upstream a.example:80 by http://p.example:3128");
  assert.equal(
    await server.head(),
    "GET http://a.example/x HTTP/1.1 | Host: a.example | Connection: keep-alive",
  );
  await lab.end();
});

Deno.test("Forwarder opens a connection to a proxy for each target, which is judged then", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example")];
  lab.send(GET);
  const first = await lab.server();
  await first.head();
  await first.write(OK);
  await lab.receive(OK_KEPT.length);
  lab.send("GET http://b.example:81/y HTTP/1.1\r\nHost: b.example:81\r\n\r\n");
  const second = await lab.server();
  assert.equal(second.opened, "upstream b.example:81 by http://p.example:3128");
  assert.equal(
    await second.head(),
    "GET http://b.example:81/y HTTP/1.1 | Host: b.example:81 | Connection: keep-alive",
  );
  assert.equal(await first.head(), undefined);
  await lab.end();
});

Deno.test("Forwarder asks a server behind a SOCKS proxy as it would directly", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example", "socks5")];
  lab.send(GET);
  const server = await lab.server();
  assert.equal(server.opened, "tunnel a.example:80 by socks5://p.example:3128");
  assert.equal(await server.head(), GOT);
  await lab.end();
});

Deno.test("Forwarder passes bodies on as they come, after the server has asked for them", async () => {
  const lab = new ProxyLab();
  lab.send("POST http://a.example/ HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  const server = await lab.server();
  assert.equal(
    await server.head(),
    "POST / HTTP/1.1 | Host: a.example | Expect: 100-continue | Transfer-Encoding: chunked | Connection: keep-alive",
  );
  await server.write("HTTP/1.1 100 Continue\r\n\r\n");
  assert.equal(await lab.receive(25), "HTTP/1.1 100 Continue\r\n\r\n");
  lab.send("3\r\nabc\r\n");
  assert.equal(await server.text(), "3\r\nabc\r\n");
  lab.send("0\r\n\r\n");
  assert.equal(await server.text(), "0\r\n\r\n");
  await server.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
  assert.equal(await lab.receive(head.length + 7), `${head}2\r\nok\r\n`);
  await server.write("0\r\nT: x\r\n\r\n");
  assert.equal(await lab.receive(11), "0\r\nT: x\r\n\r\n");
  await lab.end();
});

Deno.test("Forwarder ends with an answer that comes before all of the request", async () => {
  const lab = new ProxyLab();
  lab.send("PUT http://a.example/ HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  const server = await lab.server();
  await server.head();
  assert.equal(await server.text(), "abc");
  await server.write("HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n");
  assert.equal(await lab.rest(), "HTTP/1.1 413 Too large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
});

Deno.test("Forwarder says that the client has broken its body off", async () => {
  const lab = new ProxyLab();
  lab.send("PUT http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz");
  const server = await lab.server();
  await server.head();
  assert.match(
    await lab.rest(),
    /^HTTP\/1\.1 400 Cannot forward the request: its body is not made of chunks \(WL_/,
  );
});

Deno.test("Forwarder ends the client's connection where that is the end of the answer", async () => {
  const lab = new ProxyLab();
  lab.send(GET);
  const server = await lab.server();
  await server.head();
  await server.write("HTTP/1.0 200 OK\r\n\r\nall");
  server.stream.close();
  assert.equal(await lab.rest(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall");
});

Deno.test("Forwarder sends no chunks to a client of HTTP/1.0", async () => {
  const lab = new ProxyLab();
  lab.send("GET http://a.example/x HTTP/1.0\r\n\r\n");
  const server = await lab.server();
  assert.equal(await server.head(), "GET /x HTTP/1.0 | Host: a.example | Connection: keep-alive");
  await server.write(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
  );
  assert.equal(await lab.rest(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdef");
});

Deno.test("Forwarder turns a connection into a WebSocket", async () => {
  const lab = new ProxyLab();
  lab.send("GET http://a.example/x HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const server = await lab.server();
  assert.equal(
    await server.head(),
    "GET /x HTTP/1.1 | Host: a.example | Connection: Upgrade | Upgrade: websocket",
  );
  await server.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi");
  const head = "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  assert.equal(await lab.receive(head.length + 2), `${head}hi`);
  lab.send("there");
  assert.equal(await server.text(), "there");
  await lab.end();
});

Deno.test("Forwarder signs in to a proxy with the request itself, over the same connection", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example")];
  lab.signIn = {
    ...lab.signIn,
    answer: () => Promise.resolve({ authorization: "Basic x", connection: "any" }),
  };
  lab.send(GET);
  const server = await lab.server();
  await server.head();
  await server.write("HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno");
  assert.equal(
    await server.head(),
    "GET http://a.example/x HTTP/1.1 | Host: a.example | Proxy-Authorization: Basic x | Connection: keep-alive",
  );
  await server.write(OK);
  assert.equal(await lab.receive(OK_KEPT.length), OK_KEPT);
  await lab.end();
});

Deno.test("Forwarder passes on no page of a squid that may show the password which it was sent", async () => {
  for (
    const [field, isReplaced] of [["X-Squid-Error: ERR_CONNECT_FAIL 111", true], [
      "Server: a",
      false,
    ]] as const
  ) {
    const lab = new ProxyLab();
    lab.ways = [proxyWay("p.example")];
    lab.signIn = { ...lab.signIn, first: "Basic dTpwdw==" };
    lab.send(GET.replace("1.1", "1.0"));
    const server = await lab.server();
    await server.head();
    const page = "<p>You sent Basic dTpwdw==</p>";
    await server.write(`HTTP/1.1 503 No\r\n${field}\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
    const text = await lab.rest();
    assert.equal(text.includes("dTpwdw=="), !isReplaced, text);
    const message = "Cannot connect to a.example:80: the proxy http://p.example:3128 answers " +
      '"503 No, ERR_CONNECT_FAIL 111": You sent Basic ***';
    assert.equal(text.includes(`\r\n\r\n${message}\n`), isReplaced, text);
  }
});

Deno.test("Forwarder signs in ahead of a body, which cannot be sent twice", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example")];
  lab.signIn = {
    ...lab.signIn,
    answer: () => Promise.resolve({ authorization: "Basic x", connection: "any" }),
  };
  lab.send("POST http://a.example/x HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  const server = await lab.server();
  assert.equal(
    await server.head(),
    "HEAD http://a.example/x HTTP/1.1 | Host: a.example | Connection: keep-alive",
  );
  await server.write("HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\n");
  assert.match(await server.head() ?? "", /^HEAD .* \| Proxy-Authorization: Basic x \|/);
  await server.write("HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\n");
  assert.match(await server.head() ?? "", /^POST .* \| Content-Length: 2 \| Proxy-Authorization: Basic x \|/);
  assert.equal(await server.text(), "hi");
  await server.write(OK);
  assert.equal(await lab.receive(OK_KEPT.length), OK_KEPT);
  await lab.end();
});

Deno.test("Forwarder ends the connection to the server with the client", async () => {
  const lab = new ProxyLab();
  lab.send(GET);
  const server = await lab.server();
  await server.head();
  await server.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  await lab.end();
  assert.equal(await server.text(), null);
});

for (
  const [what, answer] of [
    ["a length", "Content-Length: 10\r\n\r\nabc"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    ["wrong chunks", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx"],
  ] as const
) {
  Deno.test(`Forwarder breaks the client's connection with an answer with ${what} that breaks off`, async () => {
    const lab = new ProxyLab();
    lab.send(GET.replace("1.1", "1.0"));
    const server = await lab.server();
    await server.head();
    await server.write(`HTTP/1.1 200 OK\r\n${answer}`);
    server.stream.close();
    const text = await lab.rest();
    assert.ok(text.startsWith("HTTP/1.1 200 OK\r\n") && !text.includes("WL_"), text);
    assert.notEqual(lab.broken, undefined);
  });
}

Deno.test("Forwarder ends with a client that leaves while a proxy holds back the page of its 407", async () => {
  const lab = new ProxyLab();
  lab.ways = [proxyWay("p.example")];
  lab.send(GET);
  const server = await lab.server();
  await server.head();
  await server.write("HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic\r\nContent-Length: 10\r\n\r\n");
  await lab.end();
  assert.equal(await server.text(), null);
});
