import assert from "node:assert/strict";
import type { SystemAnswer } from "../../platform/system_proxy.ts";
import { NEVER } from "../../timing/sleep.ts";
import { PacProxy } from "../pac/pac_proxy.ts";
import { proxyText, type Target } from "../way.ts";
import { WayDecider } from "./way_decider.ts";

const TARGET: Target = { scheme: "https", hostname: "a.test", port: 443 };

function fake(variablesFirst = true, ask = (text: string) => Promise.resolve(text)) {
  const world = {
    proxy: "system",
    noProxy: [] as readonly string[],
    variables: {} as Record<string, string>,
    system: { kind: "unset" } as SystemAnswer | Error,
    opened: 0,
    closed: 0,
    /** What the settings of the system throw once they are open. */
    answer: undefined as Error | undefined,
    forgotten: 0,
    pac: "PROXY pac:1; DIRECT" as string | Error,
    changes: 0,
  };
  const decider = new WayDecider({
    settings: () => world,
    readVariable: (name) => world.variables[name],
    variablesFirst,
    openSystem: () => {
      world.opened++;
      if (world.system instanceof Error) return Promise.reject(world.system);
      return Promise.resolve({
        find: () =>
          world.answer instanceof Error
            ? Promise.reject(world.answer)
            : Promise.resolve(world.system as SystemAnswer),
        forget: () => world.forgotten++,
        [Symbol.dispose]: () => world.closed++,
      });
    },
    readPac: () => world.pac instanceof Error ? Promise.reject(world.pac) : Promise.resolve(world.pac),
    onChange: () => world.changes++,
    openPac: (options) =>
      new PacProxy({
        ...options,
        open: ({ text }) => Promise.resolve({ find: () => ask(text), [Symbol.dispose]: () => {} }),
      }),
  });
  const decide = async (target: Target = TARGET) => {
    const { ways, rule } = await decider.decide(target, NEVER);
    return `${
      ways.map((way) => way.kind === "direct" ? "direct" : proxyText(way.proxy)).join(", ")
    }: ${rule}`;
  };
  return { world, decider, decide };
}

Deno.test("WayDecider follows the settings of Windlass before all others, from one request to the next", async () => {
  const { world, decide, decider } = fake();
  world.variables = { HTTPS_PROXY: "http://env:1" };
  assert.equal(await decide(), "http://env:1: the variable HTTPS_PROXY");
  world.proxy = "socks5://me:secret@set:2";
  assert.equal(await decide(), "socks5://set:2: the setting network.proxy");
  assert.equal(decider.decidedBy, "the setting network.proxy");
  world.proxy = "none";
  assert.equal(await decide(), "direct: the setting network.proxy");
  world.proxy = "http://set:2";
  world.noProxy = ["a.test", "10.0.0.0/8"];
  assert.equal(await decide(), "direct: the setting network.noProxy");
  assert.equal(await decide({ ...TARGET, hostname: "b.test" }), "http://set:2: the setting network.proxy");
  world.noProxy = [];
  assert.equal(await decide(), "http://set:2: the setting network.proxy");
  assert.equal(world.opened, 0);
});

Deno.test("WayDecider sends what is this machine to no proxy, wherever one is set", async () => {
  for (const proxy of ["http://set:2", "pac:http://wpad.test/proxy.pac", "system"]) {
    const { world, decide } = fake();
    world.proxy = proxy;
    world.variables = { HTTPS_PROXY: "http://env:1" };
    for (const hostname of ["127.0.0.1", "localhost", "::1", "host.docker.internal"]) {
      assert.equal(await decide({ ...TARGET, hostname }), "direct: the host is this machine");
    }
  }
});

Deno.test("WayDecider takes variables before the desktop on Linux, and after the settings of Windows", async () => {
  const windows: SystemAnswer = {
    kind: "ways",
    ways: [{ kind: "proxy", proxy: { scheme: "http", hostname: "win", port: 1 } }],
    source: "the proxy settings of Windows",
  };
  for (const variablesFirst of [true, false]) {
    const { world, decide, decider } = fake(variablesFirst);
    world.variables = { https_proxy: "http://env:1" };
    assert.equal(await decide(), "http://env:1: the variable https_proxy");
    world.system = windows;
    const expected = variablesFirst
      ? "http://env:1: the variable https_proxy"
      : "http://win:1: the proxy settings of Windows";
    assert.equal(await decide(), expected);
    world.variables = {};
    assert.equal(await decide(), "http://win:1: the proxy settings of Windows");
    assert.equal(decider.decidedBy, "the proxy settings of Windows");
    world.system = { kind: "unset" };
    assert.equal(await decide(), "direct: no proxy is set on this machine");
    assert.equal(world.opened, 1);
  }
});

Deno.test("WayDecider evaluates the PAC file of the setting, and shows how it is", async () => {
  const { world, decide, decider } = fake();
  const pac = () => decider.pac;
  assert.equal(pac(), null);
  world.proxy = "pac:http://me:secret@wpad.test/proxy.pac";
  assert.equal(await decide(), "http://pac:1, direct: the PAC file http://me:***@wpad.test/proxy.pac");
  assert.equal(pac()?.url, "http://me:***@wpad.test/proxy.pac");
  assert.equal(pac()?.state, "ready");
  world.proxy = "none";
  await decide();
  assert.equal(decider.pac, null);
});

Deno.test("WayDecider goes directly while a PAC file cannot be used, or as the system says", async () => {
  const { world, decide } = fake();
  world.proxy = "pac:http://wpad.test/proxy.pac";
  world.pac = new Error("its server answers with status 404");
  assert.equal(
    await decide(),
    "direct: directly, since the PAC file http://wpad.test/proxy.pac cannot be used: " +
      "its server answers with status 404",
  );
  world.proxy = "system";
  world.system = {
    kind: "pac",
    url: "http://other.test/proxy.pac",
    source: "the proxy settings of Windows",
    otherwise: [{ kind: "proxy", proxy: { scheme: "http", hostname: "manual", port: 3 } }],
  };
  assert.equal(
    await decide(),
    "http://manual:3: by http://manual:3, since the PAC file http://other.test/proxy.pac cannot be used: " +
      "its server answers with status 404, from the proxy settings of Windows",
  );
});

Deno.test("WayDecider goes directly where the settings of the system cannot be read, and tries again", async () => {
  const { world, decide } = fake();
  world.system = new Error("no library");
  const rule = "directly, since the proxy settings of this machine cannot be read: no library";
  assert.equal(await decide(), `direct: ${rule}`);
  world.system = { kind: "unset" };
  assert.equal(await decide(), "direct: no proxy is set on this machine");
  world.answer = new Error("no library");
  assert.equal(await decide(), `direct: ${rule}`);
  assert.deepEqual([world.opened, world.closed], [2, 1]);
  world.answer = undefined;
  assert.equal(await decide(), "direct: no proxy is set on this machine");
  assert.deepEqual([world.opened, world.closed], [3, 1]);
});

Deno.test("WayDecider decides again for a request whose PAC file was dropped before it answered", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const { world, decide } = fake(true, () => {
    asked.resolve();
    return answer.promise;
  });
  world.proxy = "pac:http://wpad.test/proxy.pac";
  const first = decide();
  await asked.promise;
  world.proxy = "http://set:2";
  assert.equal(await decide(), "http://set:2: the setting network.proxy");
  answer.reject(new Error("it was ended"));
  assert.equal(await first, "http://set:2: the setting network.proxy");
});

Deno.test("WayDecider.decide() rejects with the reason of its signal", async () => {
  const { decider } = fake();
  const reason = new Error("gone");
  await assert.rejects(decider.decide(TARGET, AbortSignal.abort(reason)), reason);
});

Deno.test("WayDecider.forget() has the system and the PAC file read again, and drops one that has gone", async () => {
  const { world, decide, decider } = fake();
  world.system = {
    kind: "pac",
    url: "http://wpad.test/proxy.pac",
    source: "the proxy settings of this desktop",
  };
  const rule = "the PAC file http://wpad.test/proxy.pac, from the proxy settings of this desktop";
  assert.equal(await decide(), `http://pac:1, direct: ${rule}`);
  assert.equal(decider.decidedBy, rule);
  world.pac = "PROXY new:1";
  decider.forget();
  assert.equal(await decide(), `http://new:1: ${rule}`);
  assert.equal(world.forgotten, 1);
  world.system = { kind: "ways", ways: [{ kind: "direct" }], source: "the proxy settings of this desktop" };
  decider.forget();
  assert.equal(await decide(), "direct: the proxy settings of this desktop");
  assert.equal(decider.pac, null);
});
