/** The steps of `windlass network check` against real servers, in this process. */
import assert from "node:assert/strict";
import type { NetworkCheck } from "../../../src/api/resources/network.ts";
import { checkHost } from "../../../src/host/network/check/check_host.ts";
import { connectionDuplex } from "../../../src/streams/connection_duplex.ts";
import { openAuthority } from "../../support/company_network/authority.ts";

const NEVER = new AbortController().signal;
const UNAUTHORIZED = "HTTP/1.1 401 Unauthorized\r\n" +
  'Docker-Distribution-Api-Version: registry/2.0\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n';
const PAGE = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

/** Answers each connection with a text, over TLS if it has a certificate. Returns what clients have sent. */
function serve(answer: string, tls?: { readonly certificate: string; readonly key: string }) {
  const at = { hostname: "127.0.0.1", port: 0 };
  const listener = tls === undefined
    ? Deno.listen(at)
    : Deno.listenTls({ ...at, cert: tls.certificate, key: tls.key });
  const received: string[] = [];
  const one = async (connection: Deno.Conn) => {
    using _closed = connection;
    const buffer = new Uint8Array(4_096);
    const length = await connection.read(buffer);
    received.push(new TextDecoder().decode(buffer.subarray(0, length ?? 0)));
    await connection.write(new TextEncoder().encode(answer));
  };
  const serving = (async () => {
    // A client that refuses the certificate ends the handshake.
    for await (const connection of listener) await one(connection).catch(() => {});
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    received,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** Checks a name that leads to a port of this process. */
function check(name: string, port: number, trusted: readonly string[]): Promise<NetworkCheck> {
  return checkHost(`${name}:5000`, {
    ways: { decide: () => Promise.resolve({ ways: [{ kind: "direct" }], rule: "a test" }) },
    ordered: (ways) => ways,
    lookUp: () => Promise.resolve(["127.0.0.1"]),
    open: async () => connectionDuplex(await Deno.connect({ hostname: "127.0.0.1", port })),
    trusted: () => Promise.resolve(trusted),
  }, NEVER);
}

const lastLines = ({ steps }: NetworkCheck) =>
  steps.slice(3).map(({ step, result, message }) => `${step} ${result}: ${message}`);

Deno.test("a check tells a registry from another server, and trusts what the machine trusts", async (test) => {
  await using authority = await openAuthority("Test");
  const tls = await authority.issue("registry.example.com");
  const trusted = [authority.root, authority.intermediate];

  await test.step("a registry whose authority is trusted", async () => {
    await using server = serve(UNAUTHORIZED, tls);
    const found = await check("registry.example.com", server.port, trusted);
    assert.deepEqual([found.host, found.port, found.reached], ["registry.example.com", 5000, true]);
    assert.deepEqual(lastLines(found), [
      "tls ok: TLSv1.3, certificate issued by 'Test intermediate'",
      "registry ok: it is a registry, and wants a login for most of it",
    ]);
    assert.match(server.received[0]!, /^GET \/v2\/ HTTP\/1\.1\r\nHost: registry\.example\.com:5000\r\n/);
  });

  await test.step("a server that is not a registry is reached", async () => {
    await using server = serve(PAGE, tls);
    const found = await check("registry.example.com", server.port, trusted);
    assert.equal(found.reached, true);
    assert.deepEqual(
      lastLines(found)[1],
      "registry skipped: it answers 404 to /v2/, which is not that of a registry",
    );
  });

  await test.step("an authority that the machine does not have is named", async () => {
    await using server = serve(UNAUTHORIZED, tls);
    const found = await check("registry.example.com", server.port, []);
    assert.equal(found.reached, false);
    assert.equal(found.steps[3]?.problem?.code, "WL_NETWORK_TLS_UNTRUSTED");
    assert.match(
      found.steps[3].message,
      /^Cannot trust the certificate of registry\.example\.com:5000, issued by 'Test intermediate': this machine does not trust its authority/,
    );
    assert.equal(found.steps[4]?.result, "skipped");
    assert.deepEqual(server.received.filter((text) => text !== ""), []);
  });

  await test.step("a certificate for another name is said to be one", async () => {
    await using server = serve(UNAUTHORIZED, tls);
    const found = await check("other.example.com", server.port, trusted);
    assert.equal(
      found.steps[3]?.message,
      "Cannot trust the certificate of other.example.com:5000, issued by 'Test intermediate': it is for another name",
    );
  });

  await test.step("a registry over plain HTTP is not taken for one over TLS", async () => {
    await using server = serve(PAGE);
    const found = await check("registry.example.com", server.port, trusted);
    assert.deepEqual(found.steps[3]?.problem, {
      code: "WL_NETWORK_TLS_FAILED",
      message: "Cannot speak TLS with registry.example.com:5000: it answers, but not in TLS",
      remedy:
        "Check the port; if the registry speaks plain HTTP, add it to 'insecure-registries' in engine.daemonOptions.",
    });
  });

  await test.step("a server that closes, or speaks something else inside TLS, is reported", async () => {
    for (
      const [answer, state] of [
        ["", "the connection was closed without an answer"],
        ["220 mail ESMTP\r\n\r\n", "the answer is not HTTP"],
      ] as const
    ) {
      await using server = serve(answer, tls);
      const found = await check("registry.example.com", server.port, trusted);
      assert.equal(found.steps[4]?.message, `Cannot understand registry.example.com:5000: ${state}`);
    }
  });
});
