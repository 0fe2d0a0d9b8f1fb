import assert from "node:assert/strict";
import { askServers } from "./ask_servers.ts";
import { parseResolverConfiguration } from "./resolver_configuration.ts";
import { ServerOrder } from "./server_order.ts";

/** What a server does with a question: an answer after some time, no answer at all, or an end without one. */
type Behaviour = { readonly code: number; readonly after?: number } | "silent" | "closed";

/** Time that passes only when everything waits for it. */
class FakeClock {
  now = 0;
  readonly #timers: { readonly at: number; readonly fire: () => void }[] = [];

  wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = { at: this.now + milliseconds, fire: resolve };
      this.#timers.push(timer);
      signal.addEventListener("abort", () => {
        const index = this.#timers.indexOf(timer);
        if (index >= 0) this.#timers.splice(index, 1);
        resolve();
      });
    });

  /** Lets time pass until the promise is settled. */
  async run<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false;
    promise.finally(() => settled = true);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return await promise;
      const next = this.#timers.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) assert.fail("it waits for nothing");
      this.now = Math.max(this.now, next.at);
      next.fire();
    }
  }
}

function lab(servers: Record<string, Behaviour>, options = "") {
  const clock = new FakeClock();
  const order = new ServerOrder(() => clock.now);
  const list = Object.keys(servers).map((server) => `nameserver ${server}\n`).join("");
  const configuration = parseResolverConfiguration(`${list}${options}`);
  const asked: string[] = [];
  const ask = async (server: string, signal: AbortSignal) => {
    asked.push(server);
    const behaviour = servers[server]!;
    if (behaviour === "closed") return undefined;
    await clock.wait(behaviour === "silent" ? 1e9 : behaviour.after ?? 0, signal);
    if (behaviour === "silent" || signal.aborted) return undefined;
    // The last byte says which server it was.
    return Uint8Array.from([0, 0, 0x81, 0x80 | behaviour.code, Number(server.split(".").at(-1))]);
  };
  return {
    clock,
    servers,
    /** Which server's answer it is, with its code; which were asked; how long it took. */
    async ask(): Promise<{ answer: string; asked: string; took: number }> {
      asked.length = 0;
      const begun = clock.now;
      const { signal } = new AbortController();
      const found = await clock.run(askServers({ configuration, order, ask, signal, wait: clock.wait }));
      const answer = found === undefined ? "none" : `${found[4]} code ${found[3]! & 15}`;
      return {
        answer,
        asked: asked.map((server) => server.split(".").at(-1)).join(" "),
        took: clock.now - begun,
      };
    },
  };
}

Deno.test("askServers() asks the next server at once after an answer about the server, not the name", async () => {
  for (const code of [2, 4, 5, 9]) {
    const { ask } = lab({ "10.0.0.1": { code }, "10.0.0.2": { code: 0 } });
    assert.deepEqual(await ask(), { answer: "2 code 0", asked: "1 2", took: 0 }, String(code));
  }
});

Deno.test("askServers() takes that a name does not exist as an answer", async () => {
  for (const code of [0, 1, 3]) {
    const { ask } = lab({ "10.0.0.1": { code }, "10.0.0.2": { code: 0 } });
    assert.deepEqual(await ask(), { answer: `1 code ${code}`, asked: "1", took: 0 }, String(code));
  }
});

Deno.test("askServers() gives the last unhelpful answer if there is no better one", async () => {
  const refused = lab({ "10.0.0.1": { code: 2 }, "10.0.0.2": { code: 5 }, "10.0.0.3": "closed" });
  assert.deepEqual(await refused.ask(), { answer: "2 code 5", asked: "1 2 3", took: 0 });
  const silent = lab({ "10.0.0.1": { code: 2 }, "10.0.0.2": "silent" });
  assert.deepEqual(await silent.ask(), { answer: "1 code 2", asked: "1 2", took: 1_500 });
});

Deno.test("askServers() has no answer at once without a server, or if all close", async () => {
  assert.deepEqual(await lab({}).ask(), { answer: "none", asked: "", took: 0 });
  assert.deepEqual(await lab({ "10.0.0.1": "closed" }).ask(), { answer: "none", asked: "1", took: 0 });
});

Deno.test("askServers() asks a silent server again, and gives up before its client does", async () => {
  const { ask } = lab({ "10.0.0.1": "silent" });
  assert.deepEqual(await ask(), { answer: "none", asked: "1 1", took: 3_800 });
});

Deno.test("askServers() remembers who was silent, and takes it back once it answers", async () => {
  const { ask, clock, servers } = lab({ "10.0.0.1": "silent", "10.0.0.2": { code: 0 } });
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "1 2", took: 1_500 });
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "2", took: 0 });
  clock.now += 1_000;
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "1 2", took: 0 }); // checks whether it is back
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "2", took: 0 });
  servers["10.0.0.1"] = { code: 0 };
  clock.now += 1_000;
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "1 2", took: 0 });
  assert.deepEqual(await ask(), { answer: "1 code 0", asked: "1", took: 0 });
});

Deno.test("askServers() asks a silent server first again after a while", async () => {
  const { ask, clock } = lab({ "10.0.0.1": "silent", "10.0.0.2": { code: 0 } });
  await ask();
  clock.now += 30_000;
  assert.deepEqual(await ask(), { answer: "2 code 0", asked: "1 2", took: 1_500 });
});

Deno.test("askServers() still takes the answer of a slow server", async () => {
  const { ask } = lab({ "10.0.0.1": { code: 0, after: 2_000 }, "10.0.0.2": "silent" });
  assert.deepEqual(await ask(), { answer: "1 code 0", asked: "1 2", took: 2_000 });
});

Deno.test("askServers() follows the options of resolv.conf", async () => {
  const quick = lab({ "10.0.0.1": "silent", "10.0.0.2": { code: 0 } }, "options timeout:1\n");
  assert.equal((await quick.ask()).took, 1_000);
  const once = lab({ "10.0.0.1": "silent" }, "options attempts:1\n");
  assert.deepEqual(await once.ask(), { answer: "none", asked: "1", took: 3_800 });
  const turns = lab({ "10.0.0.1": { code: 0 }, "10.0.0.2": { code: 0 } }, "options rotate\n");
  const answers = [await turns.ask(), await turns.ask(), await turns.ask()].map(({ asked }) => asked);
  assert.deepEqual(answers, ["1", "2", "1"]);
});

Deno.test("ServerOrder does not believe a name that no server answers to be a silent server", () => {
  let now = 0;
  const order = new ServerOrder(() => now);
  now = 1_000;
  order.answered("a"); // another question, meanwhile
  now = 1_500;
  order.silent("a", 0);
  assert.deepEqual(order.order(["a", "b"]), ["a", "b"]);
  order.silent("a", 1_200);
  assert.deepEqual(order.order(["a", "b"]), ["b", "a"]);
});

Deno.test("ServerOrder forgets servers that are no longer listed", () => {
  const order = new ServerOrder(() => 0);
  order.silent("a", 0);
  order.order(["b"]);
  assert.deepEqual(order.order(["a", "b"]), ["a", "b"]);
});
