/** What a container may say to the network proxy to be understood in two ways, or to be too much for it. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { openPortLab } from "../support/port_lab.ts";
import { startRawProxyClient } from "../support/raw_proxy_client.ts";
import { answerOnce, openRawService, type RawService } from "../support/raw_service.ts";

Deno.test("what a container says twice is refused or means one thing", async (test) => {
  await using lab = await openPortLab();
  const attacker = await startRawProxyClient(lab.docker);
  await lab.windlass.run(["settings", "set", "network.proxy", "none"]);
  using service = openRawService(answerOnce("seen"));
  const authority = `localhost:${service.port}`;
  const url = `http://${authority}/`;

  for (const [name, request] of smuggledRequests(url)) {
    await test.step(name, async () => {
      const answers = await attacker.send(request);
      await eventually(() => assert.equal(service.open, 0));
      const reached = service.received.join("\n").match(/smuggled/g) ?? [];
      assert.deepEqual(reached, [], service.received.join("\n"));
      assert.match(answers, /^HTTP\/1\.1 (4\d\d|501|505) /, answers);
      assert.match(answers, /Connection: close/i, "what follows cannot be trusted");
    });
  }

  for (const size of ["zz", "-1", "0x5", "+5", " 5", "", "f".repeat(17), "f".repeat(100_000)]) {
    await test.step(`a chunk size of ${JSON.stringify(size.slice(0, 20))} ends the connection`, async () => {
      const chunked = `POST ${url} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`;
      const next = `GET ${url}smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      const answers = await attacker.send(`${chunked}${size}\r\n\r\n0\r\n\r\n${next}`);
      await eventually(() => assert.equal(service.open, 0));
      assert.doesNotMatch(answers, /smuggled seen/);
    });
  }

  await test.step("the URL says where a request goes; its Host header is made to say the same", async () => {
    await attacker.get(url, "Host: registry.example", "X-Mark: rewritten");
    const seen = lastWith(service, "rewritten");
    assert.deepEqual(seen.match(/^host: .*$/gim), [`Host: ${authority}`]);
    assert.match(seen, /^GET \/ HTTP\/1\.1\r\n/);
  });

  await test.step("headers for the proxy, and those that Connection names, go no further", async () => {
    const hop = [
      "Proxy-Authorization: Basic c2VjcmV0",
      "Proxy-Connection: keep-alive",
      "Keep-Alive: timeout=9",
    ];
    await attacker.get(
      url,
      ...hop,
      "TE: trailers",
      "X-Secret: 1",
      "X-Mark: hop",
      "Connection: X-Secret, Host",
    );
    const seen = lastWith(service, "X-Mark: hop");
    assert.doesNotMatch(seen, /^(proxy-|keep-alive|x-secret|te)\b/im);
    assert.match(seen, /^host: localhost/im, "the host is not for the connection alone");
  });

  await test.step("credentials in a URL are not passed on in the first line", async () => {
    await attacker.get(`http://user:hidden@${authority}/x`, "X-Mark: userinfo");
    assert.doesNotMatch(service.received.join("\n"), /hidden/);
  });

  await test.step("several requests at once are answered in their order", async () => {
    const request = (path: string) => `GET ${url}${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
    const answers = await attacker.send(request("1") + request("2") + request("3"));
    assert.deepEqual(answers.match(/\/\d seen/g), ["/1 seen", "/2 seen", "/3 seen"], answers);
  });

  for (const [name, request] of oversizedRequests(url)) {
    await test.step(`${name} ends with a status`, async () => {
      assert.match((await attacker.statuses(request))[0] ?? "nothing", /^4(00|13|14|31) /);
    });
  }

  await test.step("half a request ends with its connection, and nothing is left", async () => {
    for (
      const half of [
        "",
        "G",
        `GET ${url} HTTP/1.1\r\nHost`,
        `POST ${url} HTTP/1.1\r\nContent-Length: 9\r\n\r\nx`,
      ]
    ) {
      await attacker.send(half);
    }
    await eventually(() => assert.equal(service.open, 0));
    assert.match(await attacker.get(url), /seen/);
  });
});

/** Requests that a careless proxy and the server behind it would end at different bytes. */
function smuggledRequests(url: string): ReadonlyMap<string, string> {
  const next = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const post = (...lines: string[]) =>
    [`POST ${url} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n");
  const chunked = (...lines: string[]) => `${post(...lines)}0\r\n\r\n${next}`;
  return new Map([
    ["a length and a transfer coding", chunked("Content-Length: 4", "Transfer-Encoding: chunked")],
    ["two lengths", `${post("Content-Length: 0", `Content-Length: ${next.length}`)}${next}`],
    ["two lengths in one line", `${post(`Content-Length: 0, ${next.length}`)}${next}`],
    ["a length with a sign", `${post(`Content-Length: +${next.length}`)}${next}`],
    ["a length in hexadecimal", `${post(`Content-Length: 0x${next.length.toString(16)}`)}${next}`],
    ["a length beyond all numbers", `${post("Content-Length: 99999999999999999999999")}${next}`],
    ["a transfer coding that nobody knows", chunked("Transfer-Encoding: xchunked")],
    ["chunked that is not last", chunked("Transfer-Encoding: chunked, identity")],
    ["two transfer codings", chunked("Transfer-Encoding: chunked", "Transfer-Encoding: identity")],
    ["a vertical tab before chunked", chunked("Transfer-Encoding: \x0bchunked")],
    ["a space before the colon", chunked("Transfer-Encoding : chunked")],
    ["a folded line", chunked("X: a", " Transfer-Encoding: chunked")],
    ["a lone line feed in a header", chunked("X: a\nTransfer-Encoding: chunked")],
    ["a lone carriage return in a header", chunked("X: a\rTransfer-Encoding: chunked")],
    ["a head with line feeds alone", `GET ${url} HTTP/1.1\nHost: localhost\n\n${next}`],
    ["a zero byte in a header", chunked("X: a\0b", "Transfer-Encoding: chunked")],
    ["two hosts", `GET ${url} HTTP/1.1\r\nHost: localhost\r\nHost: example\r\n\r\n${next}`],
    ["a transfer coding in HTTP/1.0", chunked("Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0")],
    ["HTTP/2 in clear text", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["the first bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ]);
}

function oversizedRequests(url: string): ReadonlyMap<string, string> {
  const megabyte = "a".repeat(1024 * 1024);
  const lines = Array.from({ length: 50_000 }, (_, index) => `X-${index}: a\r\n`).join("");
  return new Map([
    ["a URL of a megabyte", `GET ${url}${megabyte} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    ["a header of a megabyte", `GET ${url} HTTP/1.1\r\nX: ${megabyte}\r\n\r\n`],
    ["50,000 header lines", `GET ${url} HTTP/1.1\r\n${lines}\r\n`],
    ["a megabyte without an end", megabyte],
  ]);
}

function lastWith({ received }: RawService, mark: string): string {
  const found = received.findLast((request) => request.includes(mark));
  assert.ok(found !== undefined, `nothing with '${mark}' has come: ${received.join("\n")}`);
  return found;
}
