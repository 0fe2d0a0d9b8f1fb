import assert from "node:assert/strict";
import { fakeDependencies, logLine, STATUS } from "../../tests/fakes/api_fakes.ts";
import { type ApiDependencies, createApi } from "./create_api.ts";
import { HostEvent } from "./resources/events.ts";
import { LogLines } from "./resources/logs.ts";
import { PublishedPorts } from "./resources/ports.ts";
import { Status } from "./resources/status.ts";

async function ask(
  path: string,
  changes: Partial<ApiDependencies> = {},
  init?: RequestInit,
): Promise<Response> {
  const api = createApi(fakeDependencies(changes));
  return await api.fetch(new Request(`http://127.0.0.1:4000${path}`, init));
}

/** Names and data of the events of a stream that ends. */
async function events(response: Response): Promise<[string, unknown][]> {
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  return (await response.text()).trimEnd().split("\n\n").map((block) => {
    const [name = "", data = ""] = block.split("\n");
    return [name.slice("event: ".length), JSON.parse(data.slice("data: ".length))];
  });
}

const lineNames = async (response: Response) =>
  (await events(response)).map(([name, line]) => `${name} ${(line as { event: string }).event}`);

Deno.test("GET /v1/status answers as its schema describes", async () => {
  assert.deepEqual(Status.parse(await (await ask("/v1/status")).json()), STATUS);
});

Deno.test("GET /v1/ports answers as its schema describes", async () => {
  const port = {
    protocol: "tcp" as const,
    address: "127.0.0.1",
    port: 8080,
    container: { address: "172.17.0.2", port: 80 },
    source: "published" as const,
    since: "2026-01-01T00:00:00.000Z",
    connections: { open: 1, total: 2 },
    bytes: { received: 3, sent: 4 },
  };
  const response = await ask("/v1/ports", { ports: () => ({ ports: [port] }) });
  assert.deepEqual(PublishedPorts.parse(await response.json()), { ports: [port] });
});

Deno.test("GET /v1/events sends events that are named after their type", async () => {
  const sent = await events(await ask("/v1/events"));
  assert.deepEqual(sent.map(([name]) => name), ["status", "status"]);
  assert.deepEqual(HostEvent.parse(sent[0]?.[1]), { type: "status", status: STATUS });
});

Deno.test("GET /v1/logs returns the newest lines, filtered by source and level", async () => {
  const names = async (query: string) =>
    LogLines.parse(await (await ask(`/v1/logs${query}`)).json()).lines.map((line) => line.event);
  assert.deepEqual(await names(""), ["one", "two"]);
  assert.deepEqual(await names("?source=dockerd"), ["two"]);
  assert.deepEqual(await names("?level=warn"), ["two"]);
  assert.deepEqual(await names("?lines=1"), ["two"]);
  assert.deepEqual(await names("?lines=0"), []);
});

Deno.test("GET /v1/logs/stream begins with the newest lines and continues with new ones", async () => {
  assert.deepEqual(await lineNames(await ask("/v1/logs/stream?lines=1&source=dockerd")), [
    "line two",
    "line four",
  ]);
});

for (
  const [query, sentence] of [
    ["source=kernel", 'source: Invalid option: expected one of "host"|"agent"|"dockerd"'],
    ["lines=-1", "lines: Too small: expected number to be >=0"],
    ["lines=2001", "lines: Too big: expected number to be <=2000"],
    ["lines=many", "lines: Invalid input: expected number, received NaN"],
  ] as const
) {
  Deno.test(`GET /v1/logs refuses ${query} and names the problem`, async () => {
    const response = await ask(`/v1/logs?${query}`);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.deepEqual(await response.json(), {
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: `Cannot answer: ${sentence}`,
      code: "WL_API_INVALID",
      remedy: "Correct the request; GET /v1/openapi.json describes every route.",
    });
  });
}

Deno.test("POST /v1/engine/start, stop, restart and /v1/stop answer before the work is done", async () => {
  const calls: string[] = [];
  const changes: Partial<ApiDependencies> = {
    stop: () => calls.push("host"),
    startEngine: () => calls.push("start"),
    stopEngine: () => calls.push("stop"),
    restartEngine: () => calls.push("restart"),
  };
  for (const path of ["/v1/engine/start", "/v1/engine/stop", "/v1/engine/restart", "/v1/stop"]) {
    assert.equal((await ask(path, changes, { method: "POST" })).status, 202);
  }
  assert.deepEqual(calls, ["start", "stop", "restart", "host"]);
});

Deno.test("POST /v1/page-links answers with the address", async () => {
  const response = await ask("/v1/page-links", {}, { method: "POST" });
  assert.deepEqual([response.status, await response.json()], [201, { url: "http://127.0.0.1:4000/?code=c" }]);
});

Deno.test("An unknown route, or a method that a route does not have, is a problem with a code", async () => {
  for (const [method, path] of [["GET", "/v1/engines"], ["GET", "/v1/engine/start"]] as const) {
    const response = await ask(path, {}, { method });
    assert.deepEqual([response.status, await response.json()], [404, {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: `Cannot answer: there is no ${method} ${path}`,
      code: "WL_API_NOT_FOUND",
      remedy: "Use a route that GET /v1/openapi.json describes.",
    }]);
  }
});

for (const [how, body] of [["at once", "x".repeat(300_000)], ["in pieces", "stream"]] as const) {
  Deno.test(`A body larger than any request needs is refused when it is sent ${how}`, async () => {
    let stopped = false;
    const pieces = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    });
    const response = await ask("/v1/stop", { stop: () => stopped = true }, {
      method: "POST",
      body: body === "stream" ? pieces : body,
    });
    assert.deepEqual([response.status, stopped], [413, false]);
    assert.equal(
      (await response.json()).detail,
      "Cannot answer: the body of the request has more than 262144 bytes",
    );
  });
}

Deno.test("A defect of a route is a problem, not a broken connection", async () => {
  const response = await ask("/v1/status", {
    status: () => {
      throw new TypeError("x is undefined");
    },
  });
  assert.deepEqual([response.status, await response.json()], [500, {
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    detail: "Cannot continue: x is undefined",
    code: "WL_INTERNAL",
    remedy: "This is a bug in Windlass: please report it with the output of 'windlass logs'.",
  }]);
});

Deno.test("GET /v1/openapi.json describes every route, with the token and the problems", async () => {
  const document = await (await ask("/v1/openapi.json")).json();
  assert.equal(document.openapi, "3.1.0");
  assert.deepEqual(document.security, [{ token: [] }]);
  const operations = Object.entries(document.paths as Record<string, Record<string, { operationId: string }>>)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method} ${path}`)
    ).sort();
  assert.deepEqual(operations, [
    "changeSettings: patch /v1/settings",
    "checkForUpdate: post /v1/update/check",
    "checkNetwork: post /v1/network/check",
    "checkWorkspace: get /v1/workspaces/{name}",
    "createPageLink: post /v1/page-links",
    "disableWorkspace: post /v1/workspaces/{name}/disable",
    "downloadUpdate: post /v1/update/download",
    "enableWorkspace: post /v1/workspaces/{name}/enable",
    "followEvents: get /v1/events",
    "followLogs: get /v1/logs/stream",
    "getDiagnostics: get /v1/diagnostics",
    "getLogs: get /v1/logs",
    "getNetwork: get /v1/network",
    "getPorts: get /v1/ports",
    "getSettingsSchema: get /v1/settings/schema",
    "getStartReport: get /v1/debug/start",
    "getStatus: get /v1/status",
    "getStreamsReport: get /v1/debug/streams",
    "getUpdate: get /v1/update",
    "installUpdate: post /v1/update/install",
    "listSettings: get /v1/settings",
    "listWorkspaces: get /v1/workspaces",
    "pinVersion: post /v1/update/pin",
    "restartEngine: post /v1/engine/restart",
    "rollBackUpdate: post /v1/update/rollback",
    "skipVersion: post /v1/update/skip",
    "startEngine: post /v1/engine/start",
    "stopEngine: post /v1/engine/stop",
    "stopHost: post /v1/stop",
  ]);
  const status = document.paths["/v1/status"].get.responses;
  assert.deepEqual(status["200"].content["application/json"].schema, { $ref: "#/components/schemas/Status" });
  assert.deepEqual(status.default.content["application/problem+json"].schema, {
    $ref: "#/components/schemas/ProblemDetails",
  });
});

Deno.test("GET /v1/logs/stream sends a reader that fell behind the reason why it ends", async () => {
  const response = await ask("/v1/logs/stream", {
    async *logFollow() {
      yield logLine("host", "one");
      throw new RangeError("too far behind");
    },
  });
  assert.deepEqual((await events(response)).at(-1), ["problem", {
    code: "WL_INTERNAL",
    message: "Cannot continue: too far behind",
    remedy: "This is a bug in Windlass: please report it with the output of 'windlass logs'.",
  }]);
});
