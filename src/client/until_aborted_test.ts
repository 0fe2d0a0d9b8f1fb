import assert from "node:assert/strict";
import { untilAborted } from "./until_aborted.ts";

Deno.test("untilAborted() settles like the promise", async () => {
  const { signal } = new AbortController();
  assert.equal(await untilAborted(Promise.resolve(1), signal), 1);
  assert.equal(await untilAborted(Promise.resolve(1), undefined), 1);
  await assert.rejects(untilAborted(Promise.reject(new RangeError("x")), signal), { name: "RangeError" });
});

Deno.test("untilAborted() does not wait for a promise that never settles", async () => {
  const end = new AbortController();
  const never = new Promise(() => {});
  const waiting = untilAborted(never, end.signal);
  end.abort(new TypeError("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(untilAborted(never, end.signal), { message: "enough" });
});
