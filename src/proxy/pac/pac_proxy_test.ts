import assert from "node:assert/strict";
import type { Target } from "../way.ts";
import { PacFailure } from "./pac_failure.ts";
import { PacProxy, type PacProxyOptions } from "./pac_proxy.ts";

const TARGET: Target = { scheme: "https", hostname: "a.test", port: 443 };

/** A file whose text is its answer, and a clock that stands still. */
function fake(options: Partial<PacProxyOptions> = {}) {
  const world = {
    text: "PROXY p:1" as string | Error,
    time: 0,
    reads: 0,
    asked: [] as string[],
    changes: 0,
    opened: 0,
    end: (_reason: string) => {},
  };
  const pac = new PacProxy({
    url: "http://wpad.test/proxy.pac",
    read: () => {
      world.reads++;
      return world.text instanceof Error ? Promise.reject(world.text) : Promise.resolve(world.text);
    },
    onChange: () => world.changes++,
    open: ({ text, onEnd }) => {
      world.opened++;
      world.end = onEnd;
      return Promise.resolve({
        find: (url) => {
          world.asked.push(url);
          return text === "throws" ? Promise.reject(new PacFailure("no rule")) : Promise.resolve(text);
        },
        [Symbol.dispose]: () => {},
      });
    },
    now: () => world.time,
    ...options,
  });
  return { pac, world };
}

const ways = (hostname: string) => ({
  kind: "ways",
  ways: [{ kind: "proxy", proxy: { scheme: "http", hostname, port: 1 } }],
});

Deno.test("PacProxy reads the file for the first request, and asks it once for a host", async () => {
  const { pac, world } = fake();
  assert.equal(pac.state.state, "loading");
  assert.deepEqual(await Promise.all([pac.find(TARGET), pac.find(TARGET)]), [ways("p"), ways("p")]);
  await pac.find({ ...TARGET, hostname: "b.test" });
  assert.deepEqual([world.reads, world.opened], [1, 1]);
  assert.deepEqual(world.asked, ["https://a.test/", "https://b.test/"]);
  assert.deepEqual([pac.state.state, pac.state.problem], ["ready", null]);
  assert.ok(pac.state.readAt instanceof Date);
  world.time = 60_000;
  await pac.find(TARGET);
  assert.equal(world.asked.length, 3);
});

Deno.test("PacProxy reads the file again after ten minutes, and when the network has changed", async () => {
  const { pac, world } = fake();
  await pac.find(TARGET);
  world.text = "PROXY q:1";
  assert.deepEqual(await pac.find(TARGET), ways("p"));
  world.time = 10 * 60_000;
  assert.deepEqual(await pac.find(TARGET), ways("q"));
  world.text = "PROXY r:1";
  pac.forget();
  assert.deepEqual(await pac.find(TARGET), ways("r"));
  pac.forget();
  await pac.find(TARGET);
  assert.deepEqual([world.reads, world.opened], [4, 3]); // the same text runs on
});

Deno.test("PacProxy asks the new version of a file where the old one was ended before it answered", async () => {
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<string>();
  const { pac, world } = fake({
    open: ({ text }) =>
      Promise.resolve({
        find: () => {
          asked.resolve();
          return text === "PROXY p:1" ? late.promise : Promise.resolve(text);
        },
        [Symbol.dispose]: () => late.reject(new PacFailure("it was ended")),
      }),
  });
  const first = pac.find(TARGET);
  await asked.promise;
  world.text = "PROXY q:1";
  pac.forget();
  assert.deepEqual(await pac.find({ ...TARGET, hostname: "b.test" }), ways("q"));
  assert.deepEqual(await first, ways("q"));
});

Deno.test("PacProxy asks again for a host after a few seconds where the file has failed", async () => {
  let answer = () => Promise.reject<string>(new PacFailure("it did not answer within 5 s"));
  const { pac, world } = fake({
    open: () => Promise.resolve({ find: () => answer(), [Symbol.dispose]: () => {} }),
  });
  const failed = { kind: "failed", problem: "fails for this host: it did not answer within 5 s" };
  assert.deepEqual(await pac.find(TARGET), failed);
  answer = () => Promise.resolve("PROXY p:1");
  assert.deepEqual(await pac.find(TARGET), failed);
  world.time = 5_000;
  assert.deepEqual(await pac.find(TARGET), ways("p"));
});

Deno.test("PacProxy uses the last good file while it cannot be read, and says so", async () => {
  const { pac, world } = fake();
  await pac.find(TARGET);
  world.text = new PacFailure("its server answers with status 404");
  pac.forget();
  assert.deepEqual(await pac.find(TARGET), ways("p"));
  assert.deepEqual([pac.state.state, pac.state.problem], ["stale", "its server answers with status 404"]);
});

Deno.test("PacProxy waits once for a file that cannot be read, and tries again behind later requests", async () => {
  const { pac, world } = fake();
  world.text = new PacFailure("there is no such file");
  const failed = { kind: "failed", problem: "cannot be used: there is no such file" };
  assert.deepEqual(await pac.find(TARGET), failed);
  assert.deepEqual(await pac.find(TARGET), failed);
  assert.equal(world.reads, 1);
  world.text = "PROXY p:1";
  world.time = 15_000;
  assert.deepEqual(await pac.find(TARGET), failed); // it has begun to read, and does not wait
  assert.equal(world.reads, 2);
  assert.deepEqual(await pac.find(TARGET), ways("p"));
  assert.equal(pac.state.state, "ready");
});

Deno.test("PacProxy starts a file that was ended again, after a pause", async () => {
  const { pac, world } = fake();
  await pac.find(TARGET);
  world.end("it did not answer within 5 s");
  const failed = { kind: "failed", problem: "cannot be used: it did not answer within 5 s" };
  assert.deepEqual(await pac.find(TARGET), failed);
  assert.equal(pac.state.state, "failed");
  world.time = 15_000;
  assert.deepEqual(await pac.find(TARGET), failed);
  assert.deepEqual(await pac.find(TARGET), ways("p"));
  assert.equal(world.opened, 2);
});

Deno.test("PacProxy says what an answer is that names no way, and what the file throws", async () => {
  const { pac, world } = fake();
  world.text = "undefined";
  assert.deepEqual(await pac.find(TARGET), {
    kind: "failed",
    problem: "answers 'undefined', which names no way",
  });
  const throwing = fake();
  throwing.world.text = "throws";
  assert.deepEqual(await throwing.pac.find(TARGET), {
    kind: "failed",
    problem: "fails for this host: no rule",
  });
});
