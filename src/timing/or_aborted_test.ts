import assert from "node:assert/strict";
import { orAborted } from "./or_aborted.ts";

Deno.test("orAborted() has the end of the promise", async () => {
  const { signal } = new AbortController();
  assert.equal(await orAborted(Promise.resolve(1), signal), 1);
  await assert.rejects(orAborted(Promise.reject(new TypeError("x")), signal), TypeError);
});

Deno.test("orAborted() ends with its signal, even if that was aborted before", async () => {
  const aborter = new AbortController();
  const { promise, reject } = Promise.withResolvers<void>();
  const waiting = orAborted(promise, aborter.signal);
  aborter.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(orAborted(promise, aborter.signal), { message: "enough" });
  reject(new Error("too late for anyone"));
});
