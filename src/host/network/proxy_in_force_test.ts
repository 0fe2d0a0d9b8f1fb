import assert from "node:assert/strict";
import { NO_LOG } from "../../logging/log.ts";
import type { DecideWay, Target, Way } from "../../proxy/way.ts";
import { isProxyInForce, ProxyInForce } from "./proxy_in_force.ts";

const NEVER = new AbortController().signal;
const PROXY: Way = { kind: "proxy", proxy: { scheme: "http", hostname: "p", port: 1 } };

function waysFor(chosen: (target: Target) => Way[]): DecideWay {
  return { decide: (target) => Promise.resolve({ ways: chosen(target), rule: "a test" }) };
}

Deno.test("isProxyInForce() is true if any way to the internet is a proxy", async () => {
  assert.equal(await isProxyInForce(waysFor(() => [{ kind: "direct" }]), NEVER), false);
  for (const scheme of ["http", "https"]) {
    const ways = waysFor((target) =>
      target.scheme === scheme ? [{ kind: "direct" }, PROXY] : [{ kind: "direct" }]
    );
    assert.equal(await isProxyInForce(ways, NEVER), true);
  }
});

Deno.test("ProxyInForce reports changes, and nothing else", async () => {
  let ways: Way[] = [{ kind: "direct" }];
  const changes: (boolean | undefined)[] = [];
  await using inForce: ProxyInForce = new ProxyInForce(
    waysFor(() => ways),
    () => changes.push(inForce.value),
    NO_LOG,
  );
  for (const next of [ways, [PROXY], [PROXY], ways]) {
    ways = next;
    inForce.look();
    inForce.look();
    await inForce.settled();
  }
  assert.deepEqual(changes, [false, true, false]);
});

Deno.test("ProxyInForce ends a check that does not end by itself", async () => {
  const never: DecideWay = {
    decide: (_, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  };
  const inForce = new ProxyInForce(never, () => assert.fail("nothing has changed"), NO_LOG);
  inForce.look();
  await Promise.resolve(); // it has begun
  inForce.look();
  await inForce[Symbol.asyncDispose]();
  assert.equal(inForce.value, undefined);
});

Deno.test("ProxyInForce checks again after a check that failed, and ends as usual", async () => {
  let fails = true;
  const logged: unknown[] = [];
  const inForce = new ProxyInForce(
    waysFor(() => {
      if (fails) throw new Error("the system does not say");
      return [PROXY];
    }),
    () => {},
    (...line) => void logged.push(line),
  );
  inForce.look();
  await inForce.settled();
  assert.equal(inForce.value, undefined);
  assert.deepEqual(logged, [["warn", "network.proxy.unknown", { reason: "the system does not say" }]]);
  fails = false;
  inForce.look();
  await inForce.settled();
  assert.equal(inForce.value, true);
  fails = true;
  inForce.look();
  await inForce[Symbol.asyncDispose]();
});
