import assert from "node:assert/strict";
import { PacEvaluator } from "./pac_evaluator.ts";
import type { PacLimits } from "./pac_limits.ts";

/** No limit that a busy machine could reach. */
const PATIENT: PacLimits = { open: 300_000, answer: 300_000, ping: 300_000, call: 300_000 };

function fail(reason: string): never {
  assert.fail(reason);
}

Deno.test("PacEvaluator answers from a worker", async () => {
  using evaluator = await PacEvaluator.open({
    text: "function FindProxyForURL(url, host) { return 'PROXY ' + host + ':1; DIRECT'; }",
    onEnd: fail,
    limits: PATIENT,
  });
  const answers = await Promise.all(["a", "b"].map((host) => evaluator.find(`https://${host}/`, host)));
  assert.deepEqual(answers, ["PROXY a:1; DIRECT", "PROXY b:1; DIRECT"]);
});

Deno.test("PacEvaluator.open() fails with the reason of the file", async () => {
  const options = { text: "throw new Error('at load')", onEnd: fail, limits: PATIENT };
  await assert.rejects(PacEvaluator.open(options), { name: "PacFailure", message: "at load" });
});

Deno.test("PacEvaluator.open() ends a file that loops while it is loaded", async () => {
  const options = { text: "while (true) {}", onEnd: fail, limits: { ...PATIENT, open: 500 } };
  await assert.rejects(PacEvaluator.open(options), {
    name: "PacFailure",
    message: "it did not answer within 0.5 s",
  });
});

Deno.test("PacEvaluator fails for one answer when the file interrupts its loop, and serves on", async () => {
  using evaluator = await PacEvaluator.open({
    text: "function FindProxyForURL(url, host) { while (host === 'loop') {} return 'DIRECT'; }",
    onEnd: fail,
    limits: { ...PATIENT, call: 500 },
  });
  await assert.rejects(evaluator.find("https://loop/", "loop"), { message: "it does not end" });
  assert.equal(await evaluator.find("https://a/", "a"), "DIRECT");
});

Deno.test("PacEvaluator ends a worker that cannot be interrupted, and what waits for it fails", async () => {
  const ended = Promise.withResolvers<string>();
  using evaluator = await PacEvaluator.open({
    text: "function FindProxyForURL() { while (true) {} }",
    onEnd: ended.resolve,
    limits: { ...PATIENT, answer: 500, ping: 100 },
  });
  await assert.rejects(evaluator.find("https://loop/", "loop"), {
    name: "PacFailure",
    message: "it did not answer within 0.5 s",
  });
  assert.equal(await ended.promise, "it did not answer within 0.5 s");
  await assert.rejects(evaluator.find("https://a/", "a"), { message: "it was ended" });
});
