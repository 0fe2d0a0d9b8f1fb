/** Proxies of the network that answer with anything but HTTP, or without an end: each failure is said, and nothing hangs. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { freePorts } from "../support/free_ports.ts";
import { openPortLab, type PortLab } from "../support/port_lab.ts";
import { startRawProxyClient, statusLines } from "../support/raw_proxy_client.ts";
import {
  answerOnce,
  HEAD_END,
  openRawService,
  type RawService,
  type ServeRaw,
} from "../support/raw_service.ts";
import { TEST_IMAGE } from "../support/test_image.ts";

/** A page that says why nothing came: its status, a code, and the proxy that it is about. */
const BAD_GATEWAY_REGEXP = /^HTTP\/1\.1 50[24] .*\r\n[^]*Content-Type: text\/plain[^]*\bWL_PROXY_[A-Z_]+\b/i;
const PASSWORD = "pass-word-that-nobody-shows";

Deno.test("an upstream proxy that does not behave", async (test) => {
  await using lab = await openPortLab();
  const attacker = await startRawProxyClient(lab.docker);
  const { host } = await lab.windlass.status();
  using service = openRawService(answerOnce("direct"));

  for (const [name, serve] of Object.entries(NO_ANSWERS)) {
    await test.step(`it ${name}`, async () => {
      using upstream = openRawService(serve);
      await setProxy(lab, upstream);
      const tunnel = await attacker.connect("registry.example:443", "hello");
      assert.match(tunnel, BAD_GATEWAY_REGEXP, tunnel.slice(0, 2_000));
      assert.match(tunnel, new RegExp(`127\\.0\\.0\\.1:${upstream.port}`), "the page names the proxy");
      assert.ok(!tunnel.includes(PASSWORD), tunnel);
      assert.ok(pageLines(tunnel) <= 15, tunnel);
      await eventually(() => assert.equal(upstream.open, 0));
      assert.match(await attacker.get(`http://localhost:${service.port}/`), /direct$/, "others are served");
    });
  }

  await test.step("it refuses the password, which it is not shown again", async () => {
    using upstream = openRawService(refuseSignIn("Basic realm=company"));
    await setProxy(lab, upstream);
    for (let index = 0; index < 5; index++) {
      const page = await attacker.connect("registry.example:443");
      assert.match(page, /^HTTP\/1\.1 502 /, page);
      assert.match(page, /WL_PROXY_SIGN_IN_REFUSED/, page);
      assert.ok(!page.includes(PASSWORD) && !page.includes(btoa(`user:${PASSWORD}`)), page);
    }
    const tries = upstream.received.join("").match(/^proxy-authorization:/gim)?.length ?? 0;
    assert.equal(tries, 1, "each further try brings an account closer to being locked");
  });

  await test.step("it wants a sign-in that nobody here can do", async () => {
    using upstream = openRawService(refuseSignIn("Unheard-Of token=1"));
    await setProxy(lab, upstream);
    const page = await attacker.connect("registry.example:443");
    assert.match(page, BAD_GATEWAY_REGEXP, page);
    assert.match(page, /407|sign/i, page);
  });

  await test.step("nothing listens at its port", async () => {
    await lab.windlass.run(["settings", "set", "network.proxy", `http://127.0.0.1:${freePorts()}`]);
    assert.match(await attacker.connect("registry.example:443"), BAD_GATEWAY_REGEXP);
    assert.match(await attacker.get("http://registry.example/"), BAD_GATEWAY_REGEXP);
  });

  await test.step("bytes right behind its 200 are the tunnel's first", async () => {
    using upstream = openRawService(async (connection) => {
      await connection.until(HEAD_END);
      await connection.write(
        "HTTP/1.0 200 \xc4h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nfirst",
      );
      await connection.until(/hello/);
      await connection.write(" second");
    });
    await setProxy(lab, upstream);
    assert.match(await attacker.connect("registry.example:443", "hello"), /\r\n\r\nfirst second$/);
  });

  await test.step("it breaks off in a tunnel", async () => {
    using upstream = openRawService(async (connection) => {
      await connection.until(HEAD_END);
      await connection.write("HTTP/1.1 200 OK\r\n\r\nhalf");
    });
    await setProxy(lab, upstream);
    assert.match(await attacker.connect("registry.example:443"), /half$/);
  });

  for (const [name, answer] of Object.entries(BROKEN_RESPONSES)) {
    await test.step(`it answers a plain request with ${name}`, async () => {
      using upstream = openRawService(async (connection) => {
        await connection.until(HEAD_END);
        await connection.write(answer);
      });
      await setProxy(lab, upstream);
      const twice = "GET http://registry.example/ HTTP/1.1\r\nHost: registry.example\r\n\r\n".repeat(2);
      const answers = await attacker.send(twice);
      assert.ok(!answers.includes("HTTP/1.1 200 Smuggled"), answers);
      assert.ok(statusLines(answers).length <= 2, answers);
      await eventually(() => assert.equal(upstream.open, 0));
    });
  }

  await test.step("what it must never be asked for: the user's machine", async () => {
    using upstream = openRawService(answerOnce("upstream"));
    await setProxy(lab, upstream);
    for (const target of ["localhost", "127.0.0.1", "[::1]", "2130706433", "host.docker.internal"]) {
      assert.doesNotMatch(await attacker.get(`http://${target}:${service.port}/`), /upstream$/);
    }
    assert.deepEqual(upstream.received, []);
  });

  await test.step("it leads back here, by way of a container", async () => {
    const port = freePorts();
    const relay = ["nc", "-ll", "-p", "80", "-e", "nc", "http.docker.internal", "3128"];
    await lab.docker.run(["run", "-d", "--name", "circle", "-p", `${port}:80`, TEST_IMAGE, ...relay]);
    await lab.windlass.run(["settings", "set", "network.proxy", `http://127.0.0.1:${port}`]);
    assert.match(await attacker.get("http://registry.example/"), /^HTTP\/1\.1 50\d /);
    assert.match(await attacker.connect("registry.example:443"), /^HTTP\/1\.1 50\d /);
    await lab.docker.run(["rm", "-f", "circle"]);
    assert.match(await attacker.get(`http://localhost:${service.port}/`), /direct$/);
  });

  await test.step("the host is still the one that was started, and has told no secret", async () => {
    assert.deepEqual((await lab.windlass.status()).host, host);
    const log = await Deno.readTextFile(`${lab.windlass.home}/logs/windlass.jsonl`);
    assert.ok(!log.includes(PASSWORD) && !log.includes(btoa(`user:${PASSWORD}`)));
  });
});

/** Answers to CONNECT from which no tunnel can come. */
const NO_ANSWERS: Readonly<Record<string, ServeRaw>> = {
  "closes at once": () => Promise.resolve(),
  "closes after the request": async (connection) => void await connection.until(HEAD_END),
  "speaks SSH": sayAndWait("SSH-2.0-OpenSSH_9.2\r\n"),
  "speaks SMTP": sayAndWait("220 mail.example ESMTP\r\n"),
  "speaks TLS": sayAndWait("\x15\x03\x01\x00\x02\x02\x46"),
  "speaks HTTP/2": sayAndWait("\x00\x00\x12\x04\x00\x00\x00\x00\x00"),
  "says nothing": (connection) => connection.drain(),
  "has a status of five digits": sayAndWait("HTTP/1.1 20000 OK\r\n\r\n"),
  "has no status": sayAndWait("HTTP/1.1\r\n\r\n"),
  "sends headers without an end": async (connection) => {
    await connection.write("HTTP/1.1 200 OK\r\n");
    for (let index = 0;; index++) await connection.write(`X-${index}: ${"a".repeat(1_000)}\r\n`);
  },
  "sends one line without an end": async (connection) => {
    for (;;) await connection.write("HTTP/1.1 200 ".padEnd(65_536, "x"));
  },
  "says 100 Continue without an end": async (connection) => {
    for (;;) await connection.write("HTTP/1.1 100 Continue\r\n\r\n");
  },
  "shows the page of a captive portal": sayAndWait(
    "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 5\r\n\r\nlogin",
  ),
  "refuses with a page without an end": async (connection) => {
    await connection.write("HTTP/1.1 403 Blocked by <b>policy</b>\r\nContent-Type: text/html\r\n\r\n");
    for (;;) await connection.write("<script>alert(1)</script>\x1b[31m".repeat(1_000));
  },
  "says 101": sayAndWait("HTTP/1.1 101 Switching Protocols\r\nUpgrade: tunnel\r\n\r\n"),
};

/** Answers to a plain request whose end two programs could see at different bytes. */
const BROKEN_RESPONSES: Readonly<Record<string, string>> = {
  "two lengths":
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\nHTTP/1.1 200 Smuggled\r\n\r\n",
  "a length and a transfer coding":
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 Smuggled\r\n\r\n",
  "more than its length": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 Smuggled\r\n\r\n",
  "less than its length": "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\nok",
  "a chunk size in letters": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n",
  "a chunk size beyond all numbers": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${
    "f".repeat(64)
  }\r\nok`,
  "a line feed within a header":
    "HTTP/1.1 200 OK\r\nX: a\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
};

/** With a password, which is to be told to nobody but it. */
async function setProxy(lab: PortLab, upstream: RawService): Promise<void> {
  const url = `http://user:${PASSWORD}@127.0.0.1:${upstream.port}`;
  await lab.windlass.run(["settings", "set", "network.proxy", url]);
}

function sayAndWait(text: string): ServeRaw {
  return async (connection) => {
    await connection.write(text);
    await connection.drain();
  };
}

function refuseSignIn(challenge: string): ServeRaw {
  return async (connection) => {
    for (let asked = 1; await connection.until(new RegExp(`(?:[^]*?\r\n\r\n){${asked}}`)); asked++) {
      await connection.write(
        `HTTP/1.1 407 Authentication Required\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 2\r\n\r\nno`,
      );
    }
  };
}

function pageLines(answer: string): number {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4).trim().split("\n").length;
}
