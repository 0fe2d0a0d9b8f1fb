import assert from "node:assert/strict";
import { NameLookups } from "./name_lookups.ts";

const { signal } = new AbortController();

/** A resolver that the test answers, by name. */
function resolver() {
  const asked = new Map<string, PromiseWithResolvers<readonly { readonly address: string }[]>>();
  const resolve = (hostname: string) => {
    const answer = Promise.withResolvers<readonly { readonly address: string }[]>();
    asked.set(hostname, answer);
    return answer.promise;
  };
  return { asked, lookups: new NameLookups(resolve) };
}

Deno.test("NameLookups.find() asks once for all that want a name at the same time", async () => {
  const { asked, lookups } = resolver();
  const first = lookups.find("a.example", "engine", signal);
  const second = lookups.find("a.example", "172.17.0.2", signal);
  await Promise.resolve();
  assert.deepEqual([...asked.keys()], ["a.example"]);
  asked.get("a.example")!.resolve([{ address: "10.0.0.1" }, { address: "10.0.0.1" }, { address: "::1" }]);
  assert.deepEqual(await first, ["10.0.0.1", "::1"]);
  assert.deepEqual(await second, ["10.0.0.1", "::1"]);
});

Deno.test("NameLookups.find() looks up no address", async () => {
  const { asked, lookups } = resolver();
  assert.deepEqual(await lookups.find("2001:db8::1", "engine", signal), ["2001:db8::1"]);
  assert.equal(asked.size, 0);
});

Deno.test("NameLookups.find() lets no client take all turns", async () => {
  const { asked, lookups } = resolver();
  const flood = Array.from(
    { length: 50 },
    (_, index) => lookups.find(`${index}.example`, "172.17.0.2", signal),
  );
  const other = lookups.find("a.example", "172.17.0.3", signal);
  await Promise.resolve();
  assert.deepEqual([...asked.keys()], ["0.example", "1.example", "2.example", "3.example", "a.example"]);
  asked.get("a.example")!.resolve([{ address: "10.0.0.1" }]);
  assert.deepEqual(await other, ["10.0.0.1"]);
  for (let index = 0; index < 50; index++) {
    while (!asked.has(`${index}.example`)) await Promise.resolve();
    asked.get(`${index}.example`)!.resolve([{ address: `10.0.0.${index}` }]);
    assert.deepEqual(await flood[index], [`10.0.0.${index}`]);
  }
});

Deno.test("NameLookups.find() that is aborted leaves its place in the queue", async () => {
  const { asked, lookups } = resolver();
  for (let index = 0; index < 4; index++) void lookups.find(`${index}.example`, "engine", signal);
  const caller = new AbortController();
  const waiting = lookups.find("late.example", "engine", caller.signal);
  caller.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  asked.get("0.example")!.resolve([{ address: "10.0.0.1" }]);
  const next = lookups.find("next.example", "engine", signal);
  while (!asked.has("next.example")) await Promise.resolve();
  assert.equal(asked.has("late.example"), false);
  asked.get("next.example")!.resolve([{ address: "10.0.0.2" }]);
  assert.deepEqual(await next, ["10.0.0.2"]);
  for (const index of [1, 2, 3]) asked.get(`${index}.example`)!.resolve([{ address: "10.0.0.1" }]);
});

Deno.test("NameLookups.find() says why a name has no address", async () => {
  for (
    const [code, message] of [
      ["ENOTFOUND", "this machine does not know its name"],
      ["EAI_AGAIN", "this machine's name server does not answer"],
      ["EAI_FAIL", "its name cannot be looked up (failed)"],
    ] as const
  ) {
    const { asked, lookups } = resolver();
    const finding = lookups.find("a.example", "engine", signal);
    while (!asked.has("a.example")) await Promise.resolve();
    asked.get("a.example")!.reject(Object.assign(new Error("failed"), { code }));
    await assert.rejects(finding, { name: "DialFailure", kind: "name", message });
  }
});
