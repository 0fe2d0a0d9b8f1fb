import assert from "node:assert/strict";
import type { Log } from "../../logging/log.ts";
import type { WatchNetworkChanges } from "../../platform/network_changes.ts";
import { Settings } from "../../settings/settings_schema.ts";
import { NEVER } from "../../timing/sleep.ts";
import { HostWays } from "./host_ways.ts";

const TARGET = { scheme: "https", hostname: "a.test", port: 443 } as const;

function fake(watch: WatchNetworkChanges) {
  const world = {
    values: Settings.parse({}),
    lines: [] as string[],
    changes: 0,
    shown: 0,
    changed: () => {},
  };
  const log: Log = (level, event, fields) => world.lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  const ways = new HostWays({
    settings: world,
    log,
    onChange: () => world.changes++,
    onShown: () => world.shown++,
    watch: (changed) => {
      world.changed = changed;
      return watch(changed);
    },
  });
  return { ways, world };
}

const quiet = () => Promise.resolve({ [Symbol.dispose]: () => {} });

Deno.test("HostWays loads nothing until it decides, and then follows the settings", async () => {
  const { ways, world } = fake(() => assert.fail("nothing has been asked for"));
  assert.equal(ways.decidedBy, "the proxy settings of this machine");
  assert.equal(ways.pac, null);
  assert.deepEqual(ways.problems(), []);
  await ways[Symbol.asyncDispose]();
  assert.deepEqual(world.lines, []);
});

Deno.test("HostWays decides by the values of now, and reports that the network has changed", async () => {
  const { ways, world } = fake(quiet);
  await using _ways = ways;
  world.values = Settings.parse({ "network.proxy": "http://me:secret@p.test:1" });
  const decision = await ways.decide(TARGET, NEVER);
  assert.deepEqual(decision.rule, "the setting network.proxy");
  world.values = Settings.parse({ "network.proxy": "none" });
  assert.deepEqual((await ways.decide(TARGET, NEVER)).ways, [{ kind: "direct" }]);
  world.changed();
  assert.equal(world.changes, 1);
  assert.deepEqual(world.lines, ["debug network.changed {}"]);
});

Deno.test("HostWays warns of a PAC file that cannot be used, without its password", async () => {
  const { ways, world } = fake(quiet);
  await using _ways = ways;
  world.values = Settings.parse({ "network.proxy": "pac:file:///nowhere/proxy.pac" });
  await ways.decide(TARGET, NEVER);
  assert.deepEqual(ways.problems().map(({ code, message }) => [code, message]), [[
    "WL_PAC_FILE_UNUSABLE",
    "Cannot use the PAC file 'file:///nowhere/proxy.pac': there is no such file; requests go directly",
  ]]);
  assert.equal(ways.pac?.state, "failed");
  assert.deepEqual(world.lines, [
    'info network.ways {"decidedBy":"the PAC file file:///nowhere/proxy.pac",' +
    '"pac":"file:///nowhere/proxy.pac","state":"failed","problem":"there is no such file"}',
  ]);
});

Deno.test("HostWays decides where the network cannot be watched, and says so once", async () => {
  const { ways, world } = fake(() => Promise.reject(new Error("no library")));
  await using _ways = ways;
  world.values = Settings.parse({ "network.proxy": "none" });
  await ways.decide(TARGET, NEVER);
  await ways.decide(TARGET, NEVER);
  assert.deepEqual(world.lines, ['warn network.unwatched {"reason":"no library"}']);
});

Deno.test("HostWays does not take another rule of another request for a change of the ways", async () => {
  const { ways, world } = fake(quiet);
  await using _ways = ways;
  const variables = { HTTP_PROXY: "http://p.test:1", HTTPS_PROXY: "http://p.test:1" };
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    for (let time = 0; time < 2; time++) {
      await ways.decide(TARGET, NEVER);
      await ways.decide({ ...TARGET, scheme: "http" }, NEVER);
    }
  } finally {
    for (const [name, value] of before) {
      value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  }
  assert.equal(world.changes, 0);
  assert.equal(world.shown > 0, true);
});
