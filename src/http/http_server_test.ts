import assert from "node:assert/strict";
import { createMemoryDuplexPair } from "../streams/memory_duplex.ts";
import type { Duplex } from "../streams/duplex.ts";
import { HTTP_LIMITS, type HttpLimits } from "./http_limits.ts";
import { type HttpServer, serveHttp } from "./http_server.ts";
import { BadRequest } from "./request_head.ts";

const ENCODER = new TextEncoder();

/** A server without ports, and what clients it. */
class Lab implements AsyncDisposable {
  readonly server: HttpServer;
  readonly logged: string[] = [];
  readonly opened: number[] = [];
  #clients: (Duplex | Error | null)[] = [];
  #wake: () => void = () => {};

  constructor(fetch: (request: Request) => Response | Promise<Response>, limits: Partial<HttpLimits> = {}) {
    this.server = serveHttp({
      address: "127.0.0.1",
      handler: {
        fetch,
        refuse: (problem) => {
          const status = problem instanceof BadRequest ? problem.status : 500;
          return new Response(problem instanceof BadRequest ? problem.state : "defect", { status });
        },
      },
      log: (level, event) => void (level !== "debug" && this.logged.push(event)),
      limits: { ...HTTP_LIMITS, ...limits },
      listen: (_, port) => {
        this.opened.push(port);
        return { port: 4000, accept: () => this.#next(), close: () => this.#push(null) };
      },
    });
  }

  /** Connects a client and sends text. */
  connect(text = "", end = false): Duplex {
    const [client, served] = createMemoryDuplexPair();
    this.#push(served);
    // A server that refuses does not read it all.
    if (text !== "") {
      client.write(ENCODER.encode(text)).then(() => end ? client.closeWrite() : undefined).catch(() => {});
    }
    return client;
  }

  /** Lets the next accept fail. */
  fail(error: Error): void {
    this.#push(error);
  }

  #push(client: Duplex | Error | null): void {
    this.#clients.push(client);
    this.#wake();
  }

  async #next(): Promise<Duplex | null> {
    while (this.#clients.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    const client = this.#clients.shift()!;
    if (client instanceof Error) throw client;
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** All that the server sends until it ends the connection, without the date. */
async function rest(client: Duplex): Promise<string> {
  let text = "";
  for (let bytes = await client.read(); bytes !== null; bytes = await client.read()) {
    text += new TextDecoder().decode(bytes);
  }
  return text.replaceAll(/date: [^\r]+\r\n/g, "");
}

const echo = async (request: Request) =>
  new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);

async function answer(text: string, fetch: (request: Request) => Response | Promise<Response> = echo) {
  await using lab = new Lab(fetch);
  return await rest(lab.connect(text, true));
}

const OK_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\ntransfer-encoding: chunked\r\n";

Deno.test("serveHttp() answers requests on one connection, one after the other", async () => {
  const text = await answer(
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\n" +
      "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none" +
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\ntwo\r\n2;x=y\r\n!!\r\n0\r\nA: b\r\n\r\n",
  );
  assert.equal(
    text,
    `${OK_HEAD}connection: keep-alive\r\n\r\n7\r\nGET /a \r\n0\r\n\r\n` +
      `${OK_HEAD}connection: keep-alive\r\n\r\nb\r\nPOST /b one\r\n0\r\n\r\n` +
      `${OK_HEAD}connection: close\r\n\r\nd\r\nPOST /c two!!\r\n0\r\n\r\n`,
  );
});

Deno.test("serveHttp() sends no body to HEAD and no chunks to HTTP/1.0", async () => {
  const sized = () => new Response("abc", { headers: { "content-length": "3", connection: "upgrade" } });
  const head = await answer("HEAD / HTTP/1.1\r\n\r\n", sized);
  assert.ok(
    head.startsWith("HTTP/1.1 200 OK\r\n") &&
      head.endsWith(
        "content-length: 3\r\ncontent-type: text/plain;charset=UTF-8\r\nconnection: keep-alive\r\n\r\n",
      ),
    head,
  );
  const old = await answer("GET /a HTTP/1.0\r\n\r\n");
  assert.ok(old.endsWith("connection: close\r\n\r\nGET /a "), old);
});

Deno.test("serveHttp() sends 100 Continue only if the body is read", async () => {
  const request = "POST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  assert.ok((await answer(`${request}one`)).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
  const refused = await answer(request, () => new Response(null, { status: 401 }));
  assert.equal(refused, "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
});

for (
  const [what, request, line] of [
    ["cleartext HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"],
    ["no HTTP", "hello\r\n\r\n", "400"],
    [
      "a target of another host",
      "GET http://evil.test/v1/status HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
      "400",
    ],
    ["a target that is not a path", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "400"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "400",
    ],
    ["another coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"],
    ["a folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "400"],
    ["a bare line feed", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", "400"],
    ["a NUL", "GET / HTTP/1.1\r\nA: b\0\r\n\r\n", "400"],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"],
    ["too many lines", `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(101)}\r\n`, "431"],
    ["a head without end", `GET / HTTP/1.1\r\nA: ${"b".repeat(40_000)}`, "431"],
    ["a chunk of no length", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400"],
    ["another expectation", "GET / HTTP/1.1\r\nExpect: 200-ok\r\n\r\n", "417"],
  ] as const
) {
  Deno.test(`serveHttp() refuses ${what}`, async () => {
    const text = await answer(request);
    assert.ok(text.startsWith(`HTTP/1.1 ${line} `) && text.includes("connection: close\r\n"), text);
  });
}

/** Sends the head of a request that is refused before its body is read, and awaits the response. */
async function refusedUpload(lab: Lab): Promise<Duplex> {
  const client = lab.connect("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
  assert.match(await rest(client), /^HTTP\/1\.1 413 /);
  return client;
}

async function withoutConnections({ server }: Lab): Promise<void> {
  while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("serveHttp() takes what a client is still sending when it has its response", async () => {
  await using lab = new Lab(() => new Response("no", { status: 413 }));
  const client = await refusedUpload(lab);
  await client.write(new Uint8Array(300_000));
  await client.closeWrite();
  await withoutConnections(lab);
});

Deno.test("serveHttp() closes the connection of a client that has its response and does not end", async () => {
  await using lab = new Lab(() => new Response("no", { status: 413 }), { drainMilliseconds: 1 });
  await refusedUpload(lab);
  await withoutConnections(lab);
});

Deno.test("serveHttp() accepts an absolute target of its own host", async () => {
  const text = await answer(
    "GET http://127.0.0.1:1/a HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n",
  );
  assert.ok(text.includes("GET /a "), text);
});

Deno.test("serveHttp() closes a connection without a complete head in time", async () => {
  await using lab = new Lab(echo, { headMilliseconds: 1 });
  const silent = lab.connect();
  const half = lab.connect("GET / HT");
  assert.equal(await rest(silent), "");
  assert.equal(await rest(half), "");
});

Deno.test("serveHttp() closes an idle connection in time, but not one with a longer response in progress", async () => {
  await using lab = new Lab(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Response(null);
  }, { headMilliseconds: 1_000, idleMilliseconds: 1 });
  const client = lab.connect("GET / HTTP/1.1\r\n\r\n");
  assert.equal(await rest(client), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n");
});

Deno.test("serveHttp() closes the oldest idle connection for a new one, but none with a response in progress", async () => {
  const answering = Promise.withResolvers<Response>();
  const reached = Promise.withResolvers<void>();
  await using lab = new Lab(({ url }) => {
    if (!url.endsWith("/slow")) return new Response(null);
    reached.resolve();
    return answering.promise;
  }, { connections: 2 });
  const slow = lab.connect("GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n");
  await reached.promise;
  const idle = lab.connect();
  const next = lab.connect("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  assert.equal(await rest(idle), "");
  assert.ok((await rest(next)).startsWith("HTTP/1.1 200 OK"));
  answering.resolve(new Response(null));
  assert.ok((await rest(slow)).startsWith("HTTP/1.1 200 OK"));
});

Deno.test("serveHttp() survives failed accepts, and logs one line for all of them", async () => {
  await using lab = new Lab(echo, { acceptRetryMilliseconds: 0, acceptFailures: 2 });
  const idle = lab.connect();
  for (let count = 0; count < 5; count++) lab.fail(new Error("Too many open files (os error 24)"));
  const client = lab.connect("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n");
  assert.ok((await rest(client)).includes("GET /a "));
  assert.equal(await rest(idle), "");
  assert.deepEqual(lab.logged, ["api.accept.failed", "api.accept.recovered"]);
  assert.ok(lab.opened.length > 1 && lab.opened.slice(1).every((port) => port === 4000), String(lab.opened));
});

Deno.test("serveHttp() ends an endless stream when its client disconnects", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using lab = new Lab(() =>
    new Response(new ReadableStream({ cancel: () => cancelled.resolve() }), {
      headers: { "content-type": "text/event-stream" },
    })
  );
  const client = lab.connect("GET / HTTP/1.1\r\n\r\n");
  await client.read();
  client.close();
  await cancelled.promise;
});

Deno.test("serveHttp() turns a handler's failure into a response", async () => {
  const text = await answer("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", () => {
    throw new Error("x");
  });
  assert.ok(text.startsWith("HTTP/1.1 500 ") && text.includes("defect"), text);
});

Deno.test("serveHttp() ends at once if no response is in progress", async () => {
  const lab = new Lab(echo);
  const client = lab.connect();
  await lab[Symbol.asyncDispose]();
  assert.equal(await rest(client), "");
  assert.equal(lab.server.connections, 0);
});
