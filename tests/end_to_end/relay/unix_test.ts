import assert from "node:assert/strict";
import http from "node:http";
import { type ServedRelay, serveRelay } from "../../fakes/served_relay.ts";

const PARALLEL_CONNECTIONS = 300;
const CREATE_BODY = '{"Image":"i","HostConfig":{"Binds":["/home/x:/y:ro"],"Memory":9223372036854775807}}';
const TRANSLATED_BODY =
  '{"Image":"i","HostConfig":{"Binds":["/mnt/c/home/x:/y:ro"],"Memory":9223372036854775807}}';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An HTTP engine that knows no container, repeats what it is sent, and counts its connections. */
class EchoEngine implements AsyncDisposable {
  readonly #server = http.createServer((request, response) => this.#answer(request, response));
  connections = 0;
  /** Set to hold answers back until so many requests have come. */
  holdUntil = 0;
  readonly #held: (() => void)[] = [];

  async listen(path: string): Promise<this> {
    this.#server.on("connection", () => this.connections++);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen({ path, backlog: PARALLEL_CONNECTIONS }, resolve);
    await promise;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const status = request.url?.startsWith("/exec/") ? 404 : 200;
    const answer = () =>
      response.writeHead(status, { "X-Length": request.headers["content-length"] ?? "none" }).end(
        request.method === "HEAD" ? undefined : new Uint8Array(Buffer.concat(chunks)),
      );
    this.#held.push(answer);
    if (this.#held.length < this.holdUntil) return;
    for (const held of this.#held.splice(0)) held();
  }
}

async function serveEcho(): Promise<{ engine: EchoEngine; served: ServedRelay }> {
  const engine = new EchoEngine();
  return { engine, served: await serveRelay((path) => engine.listen(path)) };
}

async function ask(
  agent: http.Agent,
  path: string,
  options: http.RequestOptions,
  body = "",
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  http.request({ socketPath: path, agent, ...options }, resolve).on("error", reject).end(body);
  const response = await promise;
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode!, body: text };
}

async function curl(path: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command("curl", {
    args: ["-sS", "--max-time", "120", "--unix-socket", path, ...args],
  });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("startRelay() serves curl: requests, uploads in chunks, HEAD, translated paths", async () => {
  const { served } = await serveEcho();
  await using _ = served;
  const { path } = served;
  assert.match(await curl(path, "-I", "http://d/_ping"), /^HTTP\/1.1 200 OK\r\n/);
  assert.equal(
    await curl(path, "http://d/v1.51/containers/create?name=n", "-d", CREATE_BODY),
    TRANSLATED_BODY,
  );
  const chunked = ["-H", "Transfer-Encoding: chunked"];
  assert.equal(
    await curl(path, "http://d/containers/create", ...chunked, "-d", CREATE_BODY),
    TRANSLATED_BODY,
  );
  assert.equal(await curl(path, "http://d/build", ...chunked, "-d", CREATE_BODY), CREATE_BODY);
});

Deno.test("startRelay() lets curl ask for leave to send a body, of the engine and of itself", async () => {
  const { served } = await serveEcho();
  await using _ = served;
  // Without leave, curl would wait for longer than it may take.
  const expect = ["-H", "Expect: 100-continue", "--expect100-timeout", "600"];
  for (const [target, answer] of [["build", CREATE_BODY], ["containers/create", TRANSLATED_BODY]] as const) {
    const output = await curl(served.path, "-i", `http://d/${target}`, ...expect, "-d", CREATE_BODY);
    assert.match(output, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
    assert.ok(output.endsWith(answer), output);
  }
});

Deno.test("startRelay() carries large bodies both ways", async () => {
  const { served } = await serveEcho();
  await using _ = served;
  const folder = await Deno.makeTempDir({ prefix: "windlass-upload-" });
  try {
    const sent = new Uint8Array(64 * 1024 * 1024).map((_, index) => index * 7 + (index >> 12));
    await Deno.writeFile(`${folder}/sent`, sent);
    await curl(served.path, "-T", `${folder}/sent`, "-o", `${folder}/got`, "http://d/images/load");
    assert.equal(Buffer.compare(await Deno.readFile(`${folder}/got`), sent), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("startRelay() translates paths on a connection that was refused an exec before", async () => {
  const { engine, served } = await serveEcho();
  await using _ = served;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const headers = { Connection: "Upgrade", Upgrade: "tcp" };
    const exec = await ask(agent, served.path, { method: "POST", path: "/exec/a/start", headers }, "{}");
    assert.deepEqual(exec, { status: 404, body: "{}" });
    const second = await ask(agent, served.path, { method: "POST", path: "/exec/a/start" }, "{}");
    assert.deepEqual(second, { status: 404, body: "{}" });
    const created = await ask(
      agent,
      served.path,
      { method: "POST", path: "/containers/create" },
      CREATE_BODY,
    );
    assert.deepEqual(created, { status: 200, body: TRANSLATED_BODY });
    assert.ok(engine.connections <= 2, `${engine.connections} connections`);
  } finally {
    agent.destroy();
  }
});

Deno.test(`startRelay() serves ${PARALLEL_CONNECTIONS} connections at a time`, async () => {
  const { engine, served } = await serveEcho();
  await using _ = served;
  engine.holdUntil = PARALLEL_CONNECTIONS;
  const agent = new http.Agent({ keepAlive: false, maxSockets: PARALLEL_CONNECTIONS });
  const answers = await Promise.all(Array.from({ length: PARALLEL_CONNECTIONS }, (_, index) => {
    return ask(agent, served.path, { method: "POST", path: "/build" }, `body ${index}`);
  }));
  assert.deepEqual(answers, answers.map((_, index) => ({ status: 200, body: `body ${index}` })));
  assert.equal(engine.connections, PARALLEL_CONNECTIONS);
  agent.destroy();
});

Deno.test("startRelay() tells curl why the engine cannot be reached", async () => {
  const engine = new EchoEngine();
  await using served = await serveRelay(
    (path) => engine.listen(path),
    () => Promise.reject(new Error("its distro is being replaced")),
  );
  const output = await curl(
    served.path,
    "-w",
    "%{http_code}",
    "http://d/containers/create",
    "-d",
    CREATE_BODY,
  );
  assert.equal(output, '{"message":"Cannot reach the Docker engine: its distro is being replaced"}\n503');
});

Deno.test("startRelay() cancels the wait for the engine when curl gives up", async () => {
  const engine = new EchoEngine();
  const opening = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  await using served = await serveRelay((path) => engine.listen(path), (signal) => {
    opening.resolve();
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => {
        aborted.resolve();
        reject(signal.reason);
      })
    );
  });
  const impatient = new Deno.Command("curl", {
    args: ["-sS", "--unix-socket", served.path, "http://d/_ping"],
  }).spawn();
  await opening.promise;
  impatient.kill("SIGTERM");
  await aborted.promise;
  await impatient.status;
});
