import assert from "node:assert/strict";
import type { ClientConnection } from "../../../src/platform/listener.ts";
import { connectionDuplex } from "../../../src/streams/connection_duplex.ts";
import type { Duplex } from "../../../src/streams/duplex.ts";
import { readText, writeText } from "../../fakes/relay_fakes.ts";
import { ManualEngine, type ServedRelay, serveRelay } from "../../fakes/served_relay.ts";
import { eventually } from "../../support/eventually.ts";

const ATTACH =
  "POST /v1.51/containers/a/attach?stream=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const UPGRADED = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
/** After this the upstream stream of a vanished client must be gone: far above what it takes while other tests run. */
const VANISHED_MILLISECONDS = 60_000;
/** Long enough for the relay to have checked a half-closed client more than once. */
const QUIET_MILLISECONDS = 5_000;

interface Trial {
  readonly served: ServedRelay;
  readonly engine: ManualEngine;
}

async function serveManual(): Promise<Trial> {
  let engine: ManualEngine | undefined;
  const served = await serveRelay(async (path) => engine = await ManualEngine.listen(path));
  return { served, engine: engine! };
}

async function connect(path: string): Promise<Duplex> {
  return connectionDuplex(await Deno.connect({ transport: "unix", path }));
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves once the relay has left the engine's connection. */
async function untilGone(connection: ClientConnection): Promise<void> {
  await eventually(async () => assert.equal(await connection.isGone(), true), VANISHED_MILLISECONDS);
}

/** Until its disposal no timer repeats, so that the relay never comes to check its clients. */
function withoutRepeatedChecks(): Disposable {
  const { setInterval } = globalThis;
  globalThis.setInterval = (() => 0) as unknown as typeof setInterval;
  return { [Symbol.dispose]: () => void (globalThis.setInterval = setInterval) };
}

/** A client program that we did not write: what is given as its input, then its end of input. */
function socat(path: string, input: string): Deno.ChildProcess {
  const child = new Deno.Command("socat", {
    args: ["-t", "300", "-", `UNIX-CONNECT:${path}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  void writer.write(new TextEncoder().encode(input)).then(() => writer.close());
  return child;
}

Deno.test("startRelay() brings a client's end of input to the engine, and all output back", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  const client = socat(served.path, `${ATTACH}input of the container`);
  const connection = await engine.accept();
  assert.equal(await readText(connection, ATTACH.length), ATTACH);
  await writeText(connection, UPGRADED);
  assert.equal(await readText(connection, Infinity), "input of the container");
  await pause(QUIET_MILLISECONDS); // `docker run` without -i reads for hours after its half-close
  await writeText(connection, "late output");
  await connection.closeWrite();
  const { stdout } = await client.output();
  assert.equal(new TextDecoder().decode(stdout), `${UPGRADED}late output`);
});

Deno.test("startRelay() leaves the engine when a half-closed client is killed", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  const client = socat(served.path, ATTACH);
  const connection = await engine.accept();
  assert.equal(await readText(connection, Infinity), ATTACH);
  await writeText(connection, UPGRADED);
  client.kill("SIGKILL");
  await client.output();
  await untilGone(connection);
  await eventually(() => assert.deepEqual(served.relay.report(), []), VANISHED_MILLISECONDS);
});

Deno.test("startRelay() leaves the engine at once when a client is killed whose input was open", async () => {
  using _checks = withoutRepeatedChecks();
  const { served, engine } = await serveManual();
  await using _ = served;
  const client = new Deno.Command("socat", {
    args: ["-", `UNIX-CONNECT:${served.path}`],
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const writer = client.stdin.getWriter();
  await writer.write(new TextEncoder().encode(ATTACH));
  const connection = await engine.accept();
  assert.equal(await readText(connection, ATTACH.length), ATTACH);
  await writeText(connection, UPGRADED);
  client.kill("SIGKILL");
  await client.status;
  await writer.close().catch(() => {});
  await untilGone(connection);
});

Deno.test("startRelay() leaves the engine when a client is gone whose input the engine does not read", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  using client = await connect(served.path);
  await writeText(client, ATTACH);
  const connection = await engine.accept();
  assert.equal(await readText(connection, ATTACH.length), ATTACH);
  await writeText(connection, UPGRADED);
  await readText(client, UPGRADED.length);
  let written = 0;
  const endless = (async () => {
    const zeros = new Uint8Array(64 * 1024);
    for (;; written++) await client.write(zeros);
  })().catch(() => {});
  // Until every buffer on the way is full.
  for (let before = -1; before !== written;) {
    before = written;
    await pause(200);
  }
  client.close();
  await endless;
  await untilGone(connection);
});

Deno.test("startRelay() hands on head and body of one segment as one segment", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  using client = await connect(served.path);
  const text = `${ATTACH.replace("\r\n\r\n", "\r\nContent-Length: 15\r\n\r\n")}{"stream":true}`;
  await writeText(client, text);
  const connection = await engine.accept();
  assert.equal(new TextDecoder().decode((await connection.read())!), text);
});

Deno.test("startRelay() carries requests that are sent ahead of their answers", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  using client = await connect(served.path);
  const get = (index: number) => `GET /containers/${index}/json HTTP/1.1\r\nHost: d\r\n\r\n`;
  const create = (body: string) =>
    `POST /containers/create HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const body = '{"HostConfig":{"Binds":["/a:/b"]}}';
  const translated = '{"HostConfig":{"Binds":["/mnt/c/a:/b"]}}';
  await writeText(client, get(1) + create(body) + get(2));
  const connection = await engine.accept();
  const expected = get(1) + create(translated) + get(2);
  assert.equal(await readText(connection, expected.length), expected);
  assert.equal(served.relay.activeRequests().length, 3);
  const answers =
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n" +
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n";
  await writeText(connection, answers);
  assert.equal(await readText(client, answers.length), answers);
  assert.equal(served.relay.activeRequests().length, 0);
});

Deno.test("startRelay() delivers an early answer while the upload is slow", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  using client = await connect(served.path);
  await writeText(client, "POST /build HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nfirst");
  const connection = await engine.accept();
  await readText(connection, 1);
  const answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
  await writeText(connection, answer);
  connection.close();
  assert.equal(await readText(client, Infinity), answer);
});

Deno.test("startRelay() carries a protocol that it does not know", async () => {
  const { served, engine } = await serveManual();
  await using _ = served;
  using client = await connect(served.path);
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
  await writeText(client, preface);
  const connection = await engine.accept();
  assert.equal(await readText(connection, preface.length), preface);
  await writeText(connection, "\0\0\0\x04\0\0\0\0\0");
  assert.equal(await readText(client, 9), "\0\0\0\x04\0\0\0\0\0");
  await client.closeWrite();
  assert.equal(await connection.read(), null);
  await connection.closeWrite();
  assert.equal(await client.read(), null);
});
