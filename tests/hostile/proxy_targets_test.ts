/** What a container may not reach through the network proxy, however it spells the address. */
import assert from "node:assert/strict";
import { curl, openPortLab } from "../support/port_lab.ts";
import {
  NETWORK_PROXY,
  proxyAddress,
  startRawProxyClient,
  statusLines,
} from "../support/raw_proxy_client.ts";
import { answerOnce, HEAD_END, openRawService } from "../support/raw_service.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import { startWindlass } from "../support/windlass_instance.ts";

/** Ways to write the user's machine in a URL. */
const LOOPBACK_HOSTS = [
  ...[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "api.localhost",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.9.9.9",
  ],
  ...["2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.01", "0", "0.0.0.0", "0x0"],
  ...["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]"],
  ...["[::127.0.0.1]", "[64:ff9b::7f00:1]", "[::1%lo]", "[::1%25lo]", "%31%32%37.0.0.1", "loc%61lhost"],
  ...[
    "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
    "user:password@127.0.0.1",
    "a@localhost",
    "127.0.0.1\\@example",
  ],
  ...["host.docker.internal", "HOST.docker.internal.", "gateway.docker.internal"],
];

Deno.test("no spelling of an address takes a container where it must not go", async (test) => {
  await using lab = await openPortLab();
  await using other = await startWindlass();
  const attacker = await startRawProxyClient(lab.docker);
  await lab.windlass.run(["settings", "set", "network.proxy", "none"]);
  using service = openRawService(answerOnce("service"));
  const hosts = [...LOOPBACK_HOSTS, Deno.hostname()];

  await test.step("the proxy itself works: a service of the machine is reached by its names", async () => {
    for (const host of ["localhost", "127.0.0.1", "host.docker.internal"]) {
      assert.match(await attacker.get(`http://${host}:${service.port}/`), /service$/, host);
      const tunnelled = await attacker.connect(
        `${host}:${service.port}`,
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      );
      assert.deepEqual(statusLines(tunnelled).map((line) => line.slice(0, 3)), ["200", "200"], tunnelled);
    }
  });

  for (const [whose, home] of [["its own host", lab.windlass.home], ["another's", other.home]] as const) {
    await test.step(`the control API of ${whose}, with its token`, async () => {
      const { url, token } = JSON.parse(await Deno.readTextFile(`${home}/api.json`));
      const { port } = new URL(url);
      const authorization = `Authorization: Bearer ${token}`;
      assert.match(
        (await curl(`${url}/v1/status`, "-H", authorization)).stdout,
        /"engine"/,
        "the token is right",
      );
      for (const host of hosts) {
        const plain = await attacker.get(`http://${host}:${port}/v1/status`, authorization);
        assertRefused(plain, `GET ${host}`);
        const inside = `GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${authorization}\r\n\r\n`;
        assertRefused(await attacker.connect(`${host}:${port}`, inside), `CONNECT ${host}`);
      }
    });
  }

  await test.step("a redirect to the control API is one more request, and judged like any other", async () => {
    const { url } = JSON.parse(await Deno.readTextFile(`${lab.windlass.home}/api.json`));
    using redirecting = openRawService(async (connection) => {
      await connection.until(HEAD_END);
      await connection.write(
        `HTTP/1.1 307 Temporary Redirect\r\nLocation: ${url}/v1/status\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    const line =
      `http_proxy=http://http.docker.internal:3128 wget -O - http://localhost:${redirecting.port}/`;
    const { code, stdout, stderr } = await lab.docker.attempt(["exec", "asking", "sh", "-c", line]);
    assert.notEqual(code, 0);
    assert.equal(stdout, "");
    assert.match(stderr, /403/, stderr);
  });

  await test.step("what ports.hostServices excludes, each time with the code and what to do", async () => {
    await lab.windlass.run(["settings", "set", "ports.hostServices", "none"]);
    const before = service.received.length;
    for (const host of hosts) {
      assertRefused(await attacker.get(`http://${host}:${service.port}/`), `GET ${host}`);
      assertRefused(await attacker.connect(`${host}:${service.port}`, "x"), `CONNECT ${host}`);
    }
    assert.equal(service.received.length, before, "not even a connection");
    for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433", "host.docker.internal"]) {
      const page = await attacker.get(`http://${host}:${service.port}/`);
      assert.match(page, /^HTTP\/1\.1 403 /, page);
      assert.match(page, /\bWL_[A-Z_]+\b/, page);
      assert.match(page, /ports\.hostServices/, page);
    }
    await lab.windlass.run(["settings", "set", "ports.hostServices", "all"]);
  });

  await test.step("the proxy itself, by name and by address, does not lead to itself", async () => {
    const { hostname, port } = NETWORK_PROXY;
    const inside = "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertRefused(await attacker.connect(`${hostname}:${port}`, inside), hostname);
    assert.match(
      await attacker.get(`http://${hostname}:${port}/`),
      /Windlass[^]*HTTP_PROXY/,
      "it says what it is",
    );
    // To the machine, that address is one of its own network, or nobody's.
    const address = await proxyAddress(lab.docker);
    assert.doesNotMatch(await attacker.connect(`${address}:${port}`, inside), /Windlass/);
    assert.doesNotMatch(await attacker.get(`http://${address}:${port}/`), /Windlass: what is sent here/);
  });

  await test.step("a network without a way out gets none by the proxy", async () => {
    await lab.docker.run(["network", "create", "--internal", "closed"]);
    const address = await proxyAddress(lab.docker);
    for (const hostname of [NETWORK_PROXY.hostname, address]) {
      const line = `echo | timeout 10 nc -w 5 ${hostname} ${NETWORK_PROXY.port}`;
      const closed = ["--network", "closed", TEST_IMAGE, "sh", "-c", line];
      const { stdout } = await lab.docker.attempt(["run", "--rm", ...closed]);
      assert.equal(stdout, "", hostname);
    }
  });

  await test.step("nobody but containers has the proxy: it is bound on no address of the machine", async () => {
    for (const { address } of Deno.networkInterfaces()) {
      const host = address.includes(":") ? `[${address}]` : address;
      const { stdout } = await curl(`http://${host}:${NETWORK_PROXY.port}/`, "--connect-timeout", "5");
      assert.doesNotMatch(stdout, /windlass/i, host);
    }
  });

  await test.step("names and targets that no host can have", async () => {
    const targets = [
      "",
      ":80",
      "example",
      "example:",
      "example:0",
      "example:65536",
      "example:80:80",
      "example:+80",
    ];
    const odd = [
      "[::1:80",
      "::1:80",
      "/",
      "*",
      "exa mple:80",
      `${"a".repeat(300)}:80`,
      "-:80",
      "a\0b:80",
      "a\x7f:80",
    ];
    for (const target of [...targets, ...odd]) {
      assertRefused(await attacker.connect(target), `CONNECT ${JSON.stringify(target)}`);
    }
    const schemes = [
      "ftp://example/",
      "file:///etc/passwd",
      "gopher://example/",
      "javascript:1",
      "unix:/run/docker.sock",
    ];
    for (
      const url of [
        ...schemes,
        "http:",
        "http://",
        "http:///x",
        "http://:80/",
        "http://a:b:c/",
        "example",
      ]
    ) {
      assertRefused(await attacker.get(url), `GET ${url}`);
    }
  });
});

/** Nothing came, or only an answer without what was asked for. */
function assertRefused(answer: string, what: string): void {
  const statuses = statusLines(answer);
  assert.ok(statuses.every((status) => !status.startsWith("2")), `${what}: ${answer}`);
  assert.doesNotMatch(answer, /"engine"|service$/, `${what}: ${answer}`);
}
