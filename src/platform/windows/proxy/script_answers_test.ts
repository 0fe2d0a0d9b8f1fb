import assert from "node:assert/strict";
import { ScriptAnswers } from "./script_answers.ts";

const SCRIPT = "http://wpad.example/wpad.dat";

/** Calls that end when the test says so. */
function heldCalls() {
  const calls: { readonly url: string; end(servers: string | null): void }[] = [];
  const ask = (url: string) => {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    calls.push({ url, end: resolve });
    return promise;
  };
  return { calls, ask };
}

Deno.test("ScriptAnswers asks once for each URL, failures again after half a minute", async () => {
  let now = 0;
  const asked: string[] = [];
  const answers = new ScriptAnswers((url) => {
    asked.push(url);
    return Promise.resolve(url.includes("bad") ? null : "a:1");
  }, { now: () => now });
  for (let round = 0; round < 2; round++) {
    assert.equal(await answers.serversFor("https://good/", SCRIPT), "a:1");
    assert.equal(await answers.serversFor("https://bad/", SCRIPT), null);
  }
  assert.deepEqual(asked, ["https://good/", "https://bad/"]);
  now = 30_000;
  assert.equal(await answers.serversFor("https://good/", SCRIPT), "a:1");
  assert.equal(await answers.serversFor("https://bad/", SCRIPT), null);
  assert.deepEqual(asked.slice(2), ["https://bad/"]);
});

Deno.test("ScriptAnswers makes four calls at a time, the rest in their turn", async () => {
  const { calls, ask } = heldCalls();
  const answers = new ScriptAnswers(ask, { now: () => 0 });
  const all = Array.from({ length: 6 }, (_, host) => answers.serversFor(`https://${host}/`, SCRIPT));
  assert.equal(calls.length, 4);
  calls[0]!.end("a:1");
  assert.equal(await all[0], "a:1");
  for (let turn = 0; calls.length < 5 && turn < 10; turn++) await Promise.resolve();
  assert.deepEqual(calls.map(({ url }) => url).slice(4), ["https://4/"]);
  for (let call = 1; call < 6; call++) {
    calls[call]!.end(`a:${call}`);
    await all[call];
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
  assert.deepEqual(await Promise.all(all), ["a:1", "a:1", "a:2", "a:3", "a:4", "a:5"]);
});

Deno.test("ScriptAnswers refuses more than 256 that wait, and forgets the oldest of 1,000 hosts", async () => {
  const held = heldCalls();
  const full = new ScriptAnswers(held.ask, { now: () => 0 });
  for (let host = 0; host < 260; host++) void full.serversFor(`https://${host}/`, SCRIPT);
  assert.equal(await full.serversFor("https://one.more/", SCRIPT), null);

  let calls = 0;
  const answers = new ScriptAnswers(() => Promise.resolve(`a:${calls++}`), { now: () => 0 });
  for (let host = 0; host <= 1_000; host++) await answers.serversFor(`https://${host}/`, SCRIPT);
  assert.equal(await answers.serversFor("https://1/", SCRIPT), "a:1");
  assert.equal(await answers.serversFor("https://0/", SCRIPT), "a:1001");
});
