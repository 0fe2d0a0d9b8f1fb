import assert from "node:assert/strict";
import { stopMilliseconds } from "../protocol/stop_limit.ts";
import { readStopWaitsOfFiles, stopWaitOf } from "./stop_waits.ts";

/** A container's description. */
function container(name: string, StopTimeout?: number | null, Running = true) {
  return { Name: `/${name}`, State: { Running }, Config: StopTimeout === undefined ? {} : { StopTimeout } };
}

Deno.test("stopWaitOf() has those that run and have asked for more than the usual time", () => {
  assert.deepEqual(stopWaitOf(container("db", 50)), [{ name: "db", seconds: 50 }]);
  assert.deepEqual(stopWaitOf(container("db", -1)), [{ name: "db", seconds: null }]);
  for (
    const other of [container("a"), container("a", null), container("a", 10), container("a", 50, false), {}]
  ) {
    assert.deepEqual(stopWaitOf(other), []);
  }
});

Deno.test("readStopWaitsOfFiles() reads what dockerd keeps, the longest first, and passes over what it cannot", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = {
      a: JSON.stringify(container("short", 20)),
      b: JSON.stringify(container("endless", -1)),
      c: JSON.stringify(container("long", 300)),
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/config.v2.json`, text);
    }
    await Deno.mkdir(`${folder}/empty`);
    const waits = await readStopWaitsOfFiles(folder);
    assert.deepEqual(waits.map(({ name }) => name), ["endless", "long", "short"]);
    assert.deepEqual(await readStopWaitsOfFiles(`${folder}/none`), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("stopMilliseconds() is the longest wait and a margin, never below the least", () => {
  assert.equal(stopMilliseconds([], 30_000), 30_000);
  assert.equal(stopMilliseconds([{ name: "a", seconds: 12 }], 30_000), 30_000);
  assert.equal(stopMilliseconds([{ name: "a", seconds: 50 }, { name: "b", seconds: 20 }], 30_000), 65_000);
  assert.equal(
    stopMilliseconds([{ name: "a", seconds: null }, { name: "b", seconds: 20 }], 30_000),
    Infinity,
  );
});
