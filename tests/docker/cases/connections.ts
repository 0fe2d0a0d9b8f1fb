import assert from "node:assert/strict";
import { formatRequest, RawConnection } from "../../support/raw_http.ts";
import type { CaseContext, ClientCase } from "../client_case.ts";

/** Connections open at the same time. */
const PARALLEL_CONNECTIONS = 300;
const UPGRADE = ["Connection: Upgrade", "Upgrade: tcp"];

/** What no client library makes easy: bytes on a connection, written as old and odd clients write them. */
export const CONNECTION_CASES: readonly ClientCase[] = [
  {
    name: "300 connections at once are all answered, twice each",
    async run({ socketPath }) {
      const statuses = await Promise.all(Array.from({ length: PARALLEL_CONNECTIONS }, async () => {
        using connection = await RawConnection.open(socketPath);
        const first = await connection.request("GET", "/_ping");
        const second = await connection.request("GET", "/containers/json");
        return `${first.status} ${second.status}`;
      }));
      assert.deepEqual(new Set(statuses), new Set(["200 200"]));
    },
  },
  {
    name: "an exec that is not there leaves the connection usable for the next request",
    async run({ socketPath, docker, image }) {
      await docker.run(["run", "-d", "--name", "box", image, "sleep", "1000"]);
      using connection = await RawConnection.open(socketPath);
      await connection.write(
        formatRequest("POST", "/exec/none/start", { Detach: false, Tty: false }, UPGRADE),
      );
      const refused = await connection.readResponse();
      const created = await connection.request("POST", "/containers/box/exec", { Cmd: ["true"] });
      assert.equal(created.status, 201);
      return { status: refused.status, body: refused.body };
    },
  },
  {
    name: "attach with Upgrade answers 101 and carries stdin and output",
    run: (context) => attachWithBody(context, UPGRADE, /^HTTP\/1\.1 101/),
  },
  {
    name: "attach without Upgrade answers 200 and carries stdin and output",
    run: (context) => attachWithBody(context, [], /^HTTP\/1\.1 200/),
  },
  {
    name: "attach with a body in the same write does not feed it to the container",
    async run({ socketPath, docker, image }) {
      await docker.run(["create", "-i", "--name", "box", image, "cat"]);
      using connection = await RawConnection.open(socketPath);
      const path = "/containers/box/attach?stream=1&stdin=1&stdout=1";
      await connection.write(formatRequest("POST", path, { not: "stdin" }, UPGRADE));
      await connection.readUntil("\r\n\r\n");
      await docker.run(["start", "box"]);
      await connection.write("real\n");
      await connection.connection.closeWrite();
      return (await connection.readToEnd()).slice(8);
    },
  },
  {
    name: "a request that comes byte by byte is answered",
    async run({ socketPath }) {
      using connection = await RawConnection.open(socketPath);
      for (const byte of formatRequest("GET", "/_ping")) await connection.write(byte);
      assert.equal((await connection.readResponse()).body, "OK");
    },
  },
  {
    name: "pipelined requests are answered in order",
    async run({ socketPath }) {
      using connection = await RawConnection.open(socketPath);
      await connection.write(formatRequest("GET", "/_ping") + formatRequest("GET", "/containers/none/json"));
      const statuses = [(await connection.readResponse()).status, (await connection.readResponse()).status];
      assert.deepEqual(statuses, [200, 404]);
    },
  },
  {
    name: "the preface of HTTP/2 gets what dockerd answers",
    async run({ socketPath }) {
      using connection = await RawConnection.open(socketPath);
      const emptySettings = new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]);
      await connection.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      await connection.write(emptySettings).catch(() => {});
      const bytes = await connection.readSome();
      return bytes ? new TextDecoder().decode(bytes).split("\r\n")[0] : "closed";
    },
  },
  {
    name: "HTTP/1.0, Expect: 100-continue and a chunked body",
    async run({ socketPath }) {
      using old = await RawConnection.open(socketPath);
      await old.write("GET /_ping HTTP/1.0\r\n\r\n");
      const oldAnswer = await old.readToEnd();
      using expecting = await RawConnection.open(socketPath);
      const headers = [
        "Expect: 100-continue",
        "Transfer-Encoding: chunked",
        "Content-Type: application/json",
      ];
      await expecting.write(
        formatRequest("POST", "/volumes/create", undefined, headers).replace(/Content-Length.*\r\n/, ""),
      );
      const interim = await expecting.readUntil("\r\n\r\n");
      await expecting.write('c\r\n{"Name": "v"\r\n1\r\n}\r\n0\r\n\r\n');
      const created = await expecting.readResponse();
      await expecting.request("DELETE", "/volumes/v");
      return [oldAnswer.split("\r\n")[0], oldAnswer.endsWith("OK"), interim, created.status];
    },
  },
  {
    name: "GET /containers/{id}/attach/ws speaks WebSocket",
    async run({ socketPath, docker, image }) {
      await docker.run(["run", "-di", "--name", "box", image, "sh", "-c", "cat; sleep 1"]);
      using connection = await RawConnection.open(socketPath);
      const headers = [
        ...[
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Origin: http://docker",
        ],
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ];
      const path = "/v1.44/containers/box/attach/ws?stream=1&stdin=1&stdout=1";
      await connection.write(formatRequest("GET", path, undefined, headers));
      const head = await connection.readUntil("\r\n\r\n");
      assert.match(head, /^HTTP\/1\.1 101/);
      // One text frame "hello\n", masked with zeros.
      await connection.write(new Uint8Array([0x81, 0x86, 0, 0, 0, 0, 104, 101, 108, 108, 111, 10]));
      await connection.readUntil("hello\n");
    },
  },
  {
    name: "wait answers its head before the container has started",
    async run({ socketPath, docker, image }) {
      await docker.run(["create", "--name", "box", image, "sh", "-c", "exit 5"]);
      using connection = await RawConnection.open(socketPath);
      await connection.write(formatRequest("POST", "/v1.44/containers/box/wait?condition=next-exit"));
      const head = await connection.readUntil("\r\n\r\n");
      assert.match(head, /^HTTP\/1\.1 200/);
      await docker.run(["start", "box"]);
      assert.match(await connection.readUntil("}"), /"StatusCode":5/);
    },
  },
];

async function attachWithBody(
  { socketPath, docker, image }: CaseContext,
  headers: string[],
  expected: RegExp,
) {
  await docker.run(["create", "-i", "--name", "box", image, "sh", "-c", "cat; echo over"]);
  using connection = await RawConnection.open(socketPath);
  const path = "/containers/box/attach?stream=1&stdin=1&stdout=1&stderr=1";
  await connection.write(formatRequest("POST", path, undefined, headers));
  const head = await connection.readUntil("\r\n\r\n");
  assert.match(head, expected);
  await docker.run(["start", "box"]);
  await connection.write("typed\n");
  await connection.connection.closeWrite();
  const output = await connection.readToEnd();
  assert.match(output, /typed\n[^]*over\n$/);
  return head.split("\r\n").filter((line) => !/^(date|server):/i.test(line)).sort();
}
