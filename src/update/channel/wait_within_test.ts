import assert from "node:assert/strict";
import { waitWithin } from "./wait_within.ts";

const NEVER = new Promise<never>(() => {});
const late = () => new Error("late");

Deno.test("waitWithin() hands on what the promise comes to", async () => {
  const options = { milliseconds: 60_000, signal: new AbortController().signal, late };
  assert.equal(await waitWithin(Promise.resolve(1), options), 1);
  await assert.rejects(waitWithin(Promise.reject(new Error("own")), options), { message: "own" });
});

Deno.test("waitWithin() fails with the given error when the time is over, and with the signal's reason", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  await assert.rejects(waitWithin(NEVER, { milliseconds: 0, signal, late }), { message: "late" });
  const waiting = waitWithin(NEVER, { milliseconds: 60_000, signal, late });
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(waitWithin(NEVER, { milliseconds: 60_000, signal, late }), { message: "enough" });
});
