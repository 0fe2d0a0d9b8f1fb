import assert from "node:assert/strict";
import { ProxyLab } from "../../../tests/fakes/proxy_lab.ts";

const CONNECT = "CONNECT a.example:443 HTTP/1.1\r\n\r\n";

Deno.test("ProxyServer says that a client has as many connections as it may", async () => {
  const lab = new ProxyLab({ hasRoom: false });
  const message =
    "Cannot forward the request: this client has as many connections through the proxy as it may";
  const page = await lab.rest();
  assert.ok(page.startsWith(`HTTP/1.1 503 ${message} (WL_PROXY_BUSY)\r\n`), page);
  assert.equal(lab.proxy.connections, 0);
});

Deno.test("ProxyServer gives the room of a connection back at its end", async () => {
  const lab = new ProxyLab();
  assert.deepEqual([lab.proxy.connections, lab.released], [1, 0]);
  await lab.end();
  assert.deepEqual([lab.proxy.connections, lab.released], [0, 1]);
});

Deno.test("ProxyServer ends its connections, whatever they are doing, when it ends", async () => {
  const tunnel = new ProxyLab();
  tunnel.send(CONNECT);
  const server = await tunnel.server();
  tunnel.proxy[Symbol.dispose]();
  await tunnel.done;
  assert.equal(await server.text(), null);
  const waiting = new ProxyLab();
  waiting.send("GET http://a.example/ HTTP/1.1\r\n\r\n");
  const asked = await waiting.server();
  await asked.head();
  waiting.proxy[Symbol.dispose]();
  await waiting.done;
  assert.equal(await asked.text(), null);
});
