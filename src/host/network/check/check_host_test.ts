import assert from "node:assert/strict";
import { WindlassError } from "../../../errors/windlass_error.ts";
import type { Decision } from "../../../proxy/way.ts";
import { createMemoryDuplexPair } from "../../../streams/memory_duplex.ts";
import { checkHost, type CheckSources } from "./check_host.ts";

const NEVER = new AbortController().signal;
const PROXY = { scheme: "http", hostname: "proxy.example.com", port: 8080 } as const;
const DIRECT: Decision = { ways: [{ kind: "direct" }], rule: "no proxy is set" };
const PROXIED: Decision = {
  ways: [{ kind: "proxy", proxy: PROXY }, { kind: "direct" }],
  rule: "the setting network.proxy",
};
const UNREACHABLE = new WindlassError(
  "WL_PROXY_TARGET_UNREACHABLE",
  "Cannot connect to ghcr.io:443: no route to it",
);
const DOWN = new WindlassError("WL_PROXY_UNREACHABLE", "Cannot use the proxy: nothing listens there");

function sources(decision: Decision, changes: Partial<CheckSources> = {}): CheckSources {
  return {
    ways: { decide: () => Promise.resolve(decision) },
    ordered: (ways) => ways,
    lookUp: () => Promise.resolve(["192.0.2.1"]),
    open: () => Promise.reject(DOWN),
    trusted: () => Promise.resolve([]),
    ...changes,
  };
}

async function lines(decision: Decision, changes: Partial<CheckSources> = {}): Promise<string[]> {
  const { steps, reached } = await checkHost("ghcr.io", sources(decision, changes), NEVER);
  assert.equal(reached, false);
  return steps.map(({ step, result, message }) => `${step} ${result}: ${message}`);
}

Deno.test("checkHost() tries all ways, says why each failed, and skips the rest", async () => {
  const tried: string[] = [];
  const open: CheckSources["open"] = (_, way, { milliseconds }) => {
    tried.push(`${way.kind} ${milliseconds}`);
    return Promise.reject(way.kind === "direct" ? UNREACHABLE : DOWN);
  };
  assert.deepEqual(await lines(PROXIED, { open }), [
    "way ok: http://proxy.example.com:8080, then direct: the setting network.proxy",
    "name skipped: the proxy looks up the name",
    "connect failed: Cannot use the proxy: nothing listens there; cannot connect to ghcr.io:443: no route to it",
    "tls skipped: not tried",
    "registry skipped: not tried",
  ]);
  assert.deepEqual(tried, ["proxy 7000", "direct 25000"], "with the times of a request");
});

Deno.test("checkHost() ends at a refusal, as a request does", async () => {
  const tried: string[] = [];
  const open: CheckSources["open"] = (_, way) => {
    tried.push(way.kind);
    return Promise.reject(new WindlassError("WL_PROXY_REFUSED", "Cannot connect to ghcr.io:443: 403"));
  };
  const found = await lines(PROXIED, { open });
  assert.equal(found[2], "connect failed: Cannot connect to ghcr.io:443: 403");
  assert.deepEqual(tried, ["proxy"]);
});

Deno.test("checkHost() tries a proxy that was down a moment ago last, as a request does", async () => {
  const found = await lines(PROXIED, {
    ordered: (ways) => ways.toReversed(),
    open: () => Promise.reject(DOWN),
  });
  assert.deepEqual(found.slice(0, 2), [
    "way ok: direct, then http://proxy.example.com:8080: the setting network.proxy",
    "name ok: 192.0.2.1",
  ]);
});

Deno.test("checkHost() says that a name is not known, and has a remedy", async () => {
  const lookUp = () => Promise.reject(new Error("this machine does not know its name"));
  const { steps } = await checkHost("ghcr.io", sources(DIRECT, { lookUp }), NEVER);
  assert.deepEqual(steps.map(({ result }) => result), ["ok", "failed", "skipped", "skipped", "skipped"]);
  assert.deepEqual(steps[1]?.problem, {
    code: "WL_NETWORK_NAME_UNKNOWN",
    message: "Cannot look up 'ghcr.io': this machine does not know its name",
    remedy:
      "Check the spelling, and that the network or VPN that knows the name is connected; this machine's resolver is asked.",
  });
});

Deno.test("checkHost() says that the other side does not speak TLS, and closes the connection", async () => {
  const [ours, theirs] = createMemoryDuplexPair();
  const written = theirs.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.2\r\n"));
  const found = await lines(DIRECT, { open: () => Promise.resolve(ours) });
  assert.deepEqual(found.slice(1), [
    "name ok: 192.0.2.1",
    "connect ok: connected directly",
    "tls failed: Cannot speak TLS with ghcr.io:443: it answers, but not in TLS",
    "registry skipped: not tried",
  ]);
  while (await theirs.read() !== null); // until it is closed
  await written.catch(() => {}); // the rest was not read
});

Deno.test("checkHost() ends with its signal", async () => {
  const end = new AbortController();
  const open: CheckSources["open"] = (_, _way, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      end.abort(new Error("enough"));
    });
  await assert.rejects(checkHost("ghcr.io", sources(DIRECT, { open }), end.signal), { message: "enough" });
});
