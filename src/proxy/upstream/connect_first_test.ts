import assert from "node:assert/strict";
import { connectFirst } from "./connect_first.ts";

const REFUSED = new Deno.errors.ConnectionRefused("refused");

/** Connections that the test answers, by address. */
function network() {
  const asked = new Map<string, PromiseWithResolvers<{ close(): void }>>();
  const closed: string[] = [];
  const waiting: { count: number; reached: () => void }[] = [];
  const connect = ({ hostname }: { readonly hostname: string }) => {
    const answer = Promise.withResolvers<{ close(): void }>();
    asked.set(hostname, answer);
    for (const { count, reached } of waiting) if (asked.size >= count) reached();
    return answer.promise;
  };
  /** Resolves when that many addresses were tried. */
  const tried = (count: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (asked.size >= count) resolve();
    waiting.push({ count, reached: resolve });
    return promise;
  };
  const connection = (name: string) => ({ name, close: () => void closed.push(name) });
  return { asked, closed, connect, tried, connection };
}

const { signal } = new AbortController();

Deno.test("connectFirst() tries the families in turn, and the next address when one fails", async () => {
  const { asked, connect, tried, connection } = network();
  const connecting = connectFirst(["::1", "::2", "10.0.0.1"], 80, { signal, connect });
  asked.get("::1")!.reject(REFUSED);
  await tried(2);
  assert.deepEqual([...asked.keys()], ["::1", "10.0.0.1"]);
  const found = connection("10.0.0.1");
  asked.get("10.0.0.1")!.resolve(found);
  assert.equal(await connecting, found);
});

Deno.test("connectFirst() tries the next address beside one that does not answer, and closes the one that comes late", async () => {
  const { asked, closed, connect, tried, connection } = network();
  const connecting = connectFirst(["2001:db8::1", "10.0.0.1"], 80, { signal, connect });
  await tried(2);
  const found = connection("10.0.0.1");
  asked.get("10.0.0.1")!.resolve(found);
  assert.equal(await connecting, found);
  asked.get("2001:db8::1")!.resolve(connection("2001:db8::1"));
  await Promise.resolve();
  assert.deepEqual(closed, ["2001:db8::1"]);
});

Deno.test("connectFirst() says why the address failed that the system prefers", async () => {
  const { asked, connect, tried } = network();
  const connecting = connectFirst(["10.0.0.1", "::1"], 80, { signal, connect });
  asked.get("10.0.0.1")!.reject(REFUSED);
  await tried(2);
  asked.get("::1")!.reject(new Error("unreachable"));
  await assert.rejects(connecting, {
    name: "DialFailure",
    kind: "refused",
    message: "nothing listens at 10.0.0.1:80",
  });
});

Deno.test("connectFirst() ends when it is aborted", async () => {
  const { connect } = network();
  const caller = new AbortController();
  const connecting = connectFirst(["10.0.0.1"], 80, { signal: caller.signal, connect });
  caller.abort(new Error("enough"));
  await assert.rejects(connecting, { message: "enough" });
});
