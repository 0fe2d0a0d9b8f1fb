/** What HTTP allows, through the network proxy from a container: each body ends where it ends, and no byte is lost. */
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { openPortLab } from "../../support/port_lab.ts";
import { startRawProxyClient, statusLines } from "../../support/raw_proxy_client.ts";
import { HEAD_END, openRawService, type RawServiceConnection } from "../../support/raw_service.ts";

const LARGE_BYTES = 50_000_000;

Deno.test("HTTP through the network proxy", async (test) => {
  await using lab = await openPortLab();
  await lab.windlass.run(["settings", "set", "network.proxy", "none"]);
  const client = await startRawProxyClient(lab.docker);
  const serveOnce = (serve: (connection: RawServiceConnection) => Promise<void>) =>
    openRawService(async (connection) => {
      if (await connection.until(HEAD_END)) await serve(connection);
    });

  /** Asks twice on one connection, so that a body whose end is taken for another one is seen. */
  const askTwice = async (method: string, answer: string): Promise<string> => {
    using service = openRawService(async (connection) => {
      for (let asked = 1; await connection.until(new RegExp(`(?:[^]*?\r\n\r\n){${asked}}`)); asked++) {
        await connection.write(answer);
        if (/^connection: close/im.test(answer)) return;
      }
    });
    const url = `http://localhost:${service.port}/`;
    const request = (last: string) => `${method} ${url} HTTP/1.1\r\nHost: localhost\r\n${last}\r\n`;
    const answers = await client.send(request("") + request("Connection: close\r\n"));
    await eventually(() => assert.equal(service.open, 0));
    return answers;
  };

  for (const [name, { method = "GET", answer, bodies }] of Object.entries(ANSWERS)) {
    await test.step(name, async () => {
      const answers = await askTwice(method, answer);
      const final = statusLines(answers).filter((line) => !line.startsWith("1"));
      assert.equal(final.length, 2, answers);
      assert.deepEqual(answers.match(/body-\w+/g)?.length ?? 0, 2 * bodies, answers);
    });
  }

  await test.step("a client of HTTP/1.0, whose answer ends with its connection", async () => {
    using service = serveOnce((connection) =>
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n")
    );
    const answer = await client.send(`GET http://localhost:${service.port}/ HTTP/1.0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.[01] 200 OK\r\n/);
    assert.doesNotMatch(answer, /^transfer-encoding/im, "which HTTP/1.0 does not know");
    assert.match(answer, /\r\n\r\nbody$/);
  });

  await test.step("Expect: 100-continue is the server's to answer", async () => {
    using service = serveOnce(async (connection) => {
      await connection.write("HTTP/1.1 100 Continue\r\n\r\n");
      await connection.until(/the body$/);
      await connection.write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    });
    const head = `POST http://localhost:${service.port}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n`;
    const answers = await client.send(`${head}Expect: 100-continue\r\n\r\nthe body`);
    assert.deepEqual(statusLines(answers), ["100 Continue", "201 Created"]);
  });

  await test.step("an answer that comes before the body is over", async () => {
    using service = serveOnce(async (connection) => {
      await connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      await connection.closeWrite();
      await connection.drain(); // closing on what is unread would break the answer off
    });
    const head =
      `POST http://localhost:${service.port}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n`;
    assert.match(await client.send(head + "x".repeat(2_000_000)), /^HTTP\/1\.1 413 Too Large[^]*no$/);
  });

  await test.step("a tunnel in which one side has ended carries what the other still says", async () => {
    using service = openRawService(async (connection) => {
      await connection.drain(); // to the client's end
      await connection.write("said after your end");
    });
    assert.match(await client.connect(`localhost:${service.port}`, "question"), /said after your end$/);
  });

  await test.step("a tunnel that the server ends first carries what the client still says", async () => {
    let heard = "";
    using service = openRawService(async (connection) => {
      await connection.closeWrite();
      if (await connection.until(/last words/)) heard = connection.text();
    });
    await client.connect(`localhost:${service.port}`, "last words");
    await eventually(() => assert.match(heard, /last words$/));
  });

  await test.step("a WebSocket over a plain connection", async () => {
    using service = serveOnce(async (connection) => {
      await connection.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      );
      if (await connection.until(/ping$/)) await connection.write("pong");
    });
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    const request = `GET http://localhost:${service.port}/ HTTP/1.1\r\nHost: a\r\n${upgrade}\r\nping`;
    const answer = await client.send(request);
    assert.match(answer, /^HTTP\/1\.1 101 [^]*pong$/, answer);
  });

  await test.step(`${LARGE_BYTES} bytes each way, in a request, an answer and a tunnel`, async () => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        if (request.method === "GET") return new Response(new Uint8Array(LARGE_BYTES));
        let bytes = 0;
        for await (const piece of request.body ?? []) bytes += piece.length;
        return new Response(String(bytes));
      },
    );
    const url = `http://localhost:${server.addr.port}/`;
    const proxy = "export http_proxy=http://http.docker.internal:3128";
    const inside = (line: string) => lab.docker.run(["exec", "asking", "sh", "-c", `${proxy}; ${line}`]);
    assert.equal(await inside(`wget -q -O - ${url} | wc -c`), String(LARGE_BYTES));
    const head = `POST ${url} HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: ${LARGE_BYTES}\\r\\n\\r\\n`;
    const body = `head -c ${LARGE_BYTES} /dev/zero`;
    const posted = await inside(`(printf '${head}'; ${body}) | nc http.docker.internal 3128`);
    assert.ok(posted.endsWith(`\r\n\r\n${LARGE_BYTES}`), posted.slice(0, 2_000));
    const request = `CONNECT localhost:${server.addr.port} HTTP/1.1\\r\\n\\r\\nGET / HTTP/1.0\\r\\n\\r\\n`;
    const tunnelled = await inside(`printf '${request}' | nc http.docker.internal 3128 | wc -c`);
    assert.ok(Number(tunnelled) > LARGE_BYTES && Number(tunnelled) < LARGE_BYTES + 2_000, tunnelled);
  });
});

interface Answer {
  readonly method?: string;
  readonly answer: string;
  /** Bodies that the client is to see for each request. */
  readonly bodies: number;
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  "a body with a length": { answer: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbody-a", bodies: 1 },
  "a chunked body with a trailer": {
    answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\nbody-a\r\n0\r\nX-Sum: 1\r\n\r\n",
    bodies: 1,
  },
  "HEAD, whose answer has the length of a body that does not come": {
    method: "HEAD",
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
    bodies: 0,
  },
  "204, which has no body": { answer: "HTTP/1.1 204 No Content\r\n\r\n", bodies: 0 },
  "304 with the length of what is not sent": {
    answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
    bodies: 0,
  },
  "early hints before the answer": {
    answer:
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbody-a",
    bodies: 1,
  },
  "an answer without a reason": { answer: "HTTP/1.1 200\r\nContent-Length: 6\r\n\r\nbody-a", bodies: 1 },
};
