import assert from "node:assert/strict";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { createMemoryDuplexPair } from "../../streams/memory_duplex.ts";
import { ByteInput } from "../http/byte_input.ts";
import { MessageBody } from "../http/message_body.ts";
import { latin1 } from "../http/message_head.ts";
import type { SignIn } from "../sign_in/sign_in.ts";
import type { ProxyAddress, Target } from "../way.ts";
import { openHttpTunnel, silent, skipped } from "./http_tunnel.ts";

const TARGET: Target = { scheme: "https", hostname: "a.example", port: 443 };
const PROXY: ProxyAddress = {
  scheme: "http",
  hostname: "proxy.example",
  port: 8080,
  credentials: { username: "u", password: "s3cret" },
};
const { signal } = new AbortController();
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A sign-in that knows its steps beforehand. */
function signIn(steps: readonly string[], first?: string) {
  const left = [...steps];
  const asked: unknown[] = [];
  const own: SignIn & { readonly asked: unknown[]; successes: number } = {
    asked,
    successes: 0,
    ...first === undefined ? {} : { first },
    ofConnection: false,
    answer: (request) => {
      asked.push(request);
      const authorization = left.shift();
      if (authorization !== undefined) return Promise.resolve({ authorization, connection: "any" });
      return Promise.reject(new WindlassError("WL_PROXY_SIGN_IN_REFUSED", "Cannot sign in"));
    },
    succeeded: () => void own.successes++,
    [Symbol.dispose]: () => {},
  };
  return own;
}

/** A proxy that gives those answers, one for each request, on as many connections as are made. */
function proxy(answers: readonly string[]) {
  const left = [...answers];
  const requests: string[] = [];
  let connections = 0;
  const connect = () => {
    const connection = ++connections;
    const [ours, theirs] = createMemoryDuplexPair();
    void serve(theirs, connection).catch(() => {}); // it ends with the client's connection
    return Promise.resolve(ours);
  };
  const serve = async (stream: Duplex, connection: number) => {
    const input = new ByteInput(stream);
    for (let head = await input.head(10_000); head !== undefined; head = await input.head(10_000)) {
      requests.push(`${connection}: ${latin1(head).trimEnd().replaceAll("\r\n", " | ")}`);
      const answer = left.shift();
      if (answer === undefined) return stream.close();
      await stream.write(bytes(answer));
    }
  };
  return { requests, connect };
}

function open({ connect }: ReturnType<typeof proxy>, own: SignIn = signIn([])) {
  return openHttpTunnel(TARGET, { proxy: PROXY, connect, signIn: own, userAgent: "docker/27", signal });
}

const ASKED =
  "CONNECT a.example:443 HTTP/1.1 | Host: a.example:443 | User-Agent: docker/27 | Proxy-Connection: keep-alive";
const DEMAND = "HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 2\r\n\r\nno";

Deno.test("openHttpTunnel() loses nothing of what comes right behind the answer, and takes no notice of its length", async () => {
  const peer = proxy(["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\nContent-Length: 4\r\n\r\nhello"]);
  using tunnel = await open(peer);
  assert.equal(latin1((await tunnel.read())!), "hello");
  assert.deepEqual(peer.requests, [`1: ${ASKED}`]);
});

Deno.test("openHttpTunnel() signs in over the same connection where the proxy keeps it", async () => {
  const peer = proxy([DEMAND, "HTTP/1.1 200 OK\r\n\r\n"]);
  const own = signIn(["Basic dTpwdw=="]);
  (await open(peer, own)).close();
  assert.deepEqual(peer.requests, [`1: ${ASKED}`, `1: ${ASKED} | Proxy-Authorization: Basic dTpwdw==`]);
  assert.deepEqual(own.asked, [{ challenges: ["Basic realm=x"], kept: true }]);
  assert.equal(own.successes, 1);
});

Deno.test("openHttpTunnel() takes a sign-in for good with an answer alone, were it a refusal of the target", async () => {
  for (
    const [answers, successes] of [[["HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"], 1], [[], 0]] as const
  ) {
    const own = signIn(["Basic x"]);
    await assert.rejects(open(proxy([DEMAND, ...answers]), own));
    assert.equal(own.successes, successes);
  }
});

Deno.test("openHttpTunnel() signs in over a new connection where the proxy ends it", async () => {
  for (
    const demand of [
      DEMAND.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
      DEMAND.replace("\r\n\r\n", "\r\nProxy-Connection: close\r\n\r\n"),
      DEMAND.replace("HTTP/1.1", "HTTP/1.0"),
      "HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic realm=x\r\n\r\nno",
      DEMAND.replace("Content-Length: 2", "Content-Length: 10000000"),
    ]
  ) {
    const peer = proxy([demand, "HTTP/1.1 200 OK\r\n\r\n"]);
    (await open(peer, signIn(["Basic x"]))).close();
    assert.deepEqual(peer.requests, [`1: ${ASKED}`, `2: ${ASKED} | Proxy-Authorization: Basic x`], demand);
  }
});

Deno.test("openHttpTunnel() sends what may go unasked with the first request", async () => {
  const peer = proxy(["HTTP/1.1 200 OK\r\n\r\n"]);
  (await open(peer, signIn([], "Basic x"))).close();
  assert.deepEqual(peer.requests, [`1: ${ASKED} | Proxy-Authorization: Basic x`]);
});

Deno.test("openHttpTunnel() ends where the sign-in does, or the proxy asks without end", async () => {
  await assert.rejects(open(proxy([DEMAND])), { code: "WL_PROXY_SIGN_IN_REFUSED" });
  const endless = proxy(Array.from({ length: 50 }, () => DEMAND));
  await assert.rejects(open(endless, signIn(Array.from({ length: 50 }, () => "Basic x"))), {
    code: "WL_PROXY_REFUSED",
    message:
      "Cannot connect to a.example:443: the proxy http://proxy.example:8080 asks for a sign-in again and again",
  });
  assert.equal(endless.requests.length, 10);
});

Deno.test("openHttpTunnel() passes on what the proxy says, without the secrets that it was sent", async () => {
  const page = "<head><title>Blocked</title></head><p>games; you sent Basic dTpwdw== and s3cret</p>";
  const peer = proxy([`HTTP/1.1 403 Forbidden\r\nContent-Length: ${page.length}\r\n\r\n${page}`]);
  await assert.rejects(open(peer, signIn([], "Basic dTpwdw==")), {
    code: "WL_PROXY_REFUSED",
    message:
      'Cannot connect to a.example:443: the proxy http://proxy.example:8080 answers "403 Forbidden": ' +
      "games; you sent Basic *** and ***",
  });
});

const USELESS: readonly [answer: string, state: string][] = [
  ["SSH-2.0-OpenSSH_9.2\r\n", "its answer is not HTTP but 'SSH-2.0-OpenSSH_9.2'"],
  ["\x15\x03\x01\0\x02\x02\x46", "its answer is not HTTP but 'F'"],
  ["HTTP/2 200\r\n\r\n", "its answer is not HTTP"],
  [`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(300)}\r\n`, "its answer has more than 200 header lines"],
  [`HTTP/1.1 200 OK\r\nA: ${"b".repeat(70_000)}`, "its answer has a head of more than 65536 bytes"],
  ["HTTP/1.1 100 Continue\r\n\r\n".repeat(30), "its answer never comes to an end"],
];

for (const [answer, state] of USELESS) {
  Deno.test(`openHttpTunnel() refuses a proxy that answers ${JSON.stringify(answer.slice(0, 24))}`, async () => {
    await assert.rejects(open(proxy([answer])), {
      code: "WL_PROXY_UNREACHABLE",
      message: `Cannot use the proxy http://proxy.example:8080: ${state}`,
    });
  });
}

Deno.test("openHttpTunnel() says that a proxy ends without an answer", async () => {
  await assert.rejects(open(proxy([])), {
    message: "Cannot use the proxy http://proxy.example:8080: it closes the connection without an answer",
  });
});

Deno.test("silent() says how long was waited", () => {
  assert.equal(
    silent(PROXY, 7_000).message,
    "Cannot use the proxy http://proxy.example:8080: it takes the connection, but does not answer within 7 s",
  );
});

Deno.test("openHttpTunnel() closes the connection when it is aborted", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const caller = new AbortController();
  const connect = () => Promise.resolve(ours);
  const options = { proxy: PROXY, connect, signIn: signIn([]), signal: caller.signal };
  const opening = openHttpTunnel(TARGET, options);
  await theirs.read();
  caller.abort(new Error("enough"));
  await assert.rejects(opening, { message: "enough" });
  assert.equal(await theirs.read(), null);
});

Deno.test("skipped() waits for no page without end, and ends with its signal", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const page = new MessageBody(new ByteInput(ours), 10);
  assert.equal(await skipped(ours, page, { signal, milliseconds: 1 }), false);
  assert.equal(await theirs.read(), null);
  const [waiting] = createMemoryDuplexPair();
  const caller = new AbortController();
  const skipping = skipped(waiting, new MessageBody(new ByteInput(waiting), 10), { signal: caller.signal });
  caller.abort(new Error("enough"));
  await assert.rejects(skipping, { message: "enough" });
});
