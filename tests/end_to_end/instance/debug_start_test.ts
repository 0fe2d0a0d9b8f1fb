/** Where the time of a start went, on real starts: for a command, for a request, and one that fails. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type EngineStart, START_PHASES, StartReport } from "../../../src/api/resources/start_report.ts";
import { WindlassClient } from "../../../mod.ts";
import { eventually } from "../../support/eventually.ts";
import { getStatus } from "../../support/raw_http.ts";
import { startWindlass, type WindlassInstance } from "../../support/windlass_instance.ts";

/** Times are rounded to hundredths. */
const ROUNDING_MILLISECONDS = 0.02;

async function lastStart(instance: WindlassInstance): Promise<EngineStart> {
  const { start } = StartReport.parse(JSON.parse(await instance.run(["debug", "start", "--json"])));
  assert.ok(start !== null);
  let end = 0;
  for (const { startMs, durationMs } of start.phases) {
    assert.ok(Math.abs(startMs - end) < ROUNDING_MILLISECONDS, "a gap between two phases");
    end = startMs + durationMs;
  }
  assert.ok(Math.abs(end - start.totalMs) < ROUNDING_MILLISECONDS, "the phases are not the whole");
  return start;
}

function clientOf(instance: WindlassInstance): WindlassClient {
  return new WindlassClient({ addressFile: join(instance.home, "api.json") });
}

async function stopEngine(instance: WindlassInstance): Promise<void> {
  using client = clientOf(instance);
  await client.engine.stop();
  await eventually(async () => assert.equal((await instance.status()).engine.state, "stopped"));
}

const names = (start: EngineStart) => start.phases.map(({ phase }) => phase);

Deno.test("windlass debug start shows where the time of the last start went", async (test) => {
  await using instance = await startWindlass();

  await test.step("for the command that has launched the host", async () => {
    const start = await lastStart(instance);
    assert.deepEqual([start.cause, start.outcome], ["command", "answered"]);
    assert.deepEqual(names(start), [...START_PHASES]);
  });

  await test.step("for a request, in place of the one before", async () => {
    await stopEngine(instance);
    const begun = performance.now();
    assert.equal(await getStatus(instance.socketPath, "/_ping"), 200);
    // The client may read the answer before the host notes that it is whole.
    using client = clientOf(instance);
    await eventually(async () => assert.equal((await client.startReport()).start?.outcome, "answered"));
    const took = performance.now() - begun;
    const start = await lastStart(instance);
    assert.equal(start.cause, "request");
    assert.deepEqual(names(start), START_PHASES.slice(START_PHASES.indexOf("distros")));
    assert.ok(start.totalMs <= took, `${start.totalMs} ms of the ${took} ms that it took at most`);
    const dockerd = start.phases.find(({ phase }) => phase === "dockerd")!;
    assert.ok(dockerd.durationMs > 50, "dockerd cannot have started in this time");
    assert.match(
      await instance.run(["debug", "start"]),
      /^Start for a request at \S+ has succeeded: .* ms$/m,
    );
  });

  await test.step("for one that fails, up to the phase that it failed in", async () => {
    await stopEngine(instance);
    const stamp = join(instance.home, "distros/windlass-data/rootfs/var/lib/windlass/engine-version.json");
    const usual = await Deno.readTextFile(stamp);
    await Deno.writeTextFile(stamp, '{"format":1,"dockerd":"99.1.0"}\n');
    using client = clientOf(instance);
    await client.engine.start();
    const start = await eventually(async () => {
      const found = await lastStart(instance);
      assert.equal(found.outcome, "failed");
      return found;
    });
    assert.equal(names(start).at(-1), "data");
    assert.match(start.problem!, /^Cannot start dockerd 28\.\S+: the data was last written by 99\.1\.0$/);

    // Stopped first: it tries again by itself, which is the same start.
    await stopEngine(instance);
    await Deno.writeTextFile(stamp, usual);
    await instance.run(["start"]);
    assert.deepEqual([(await lastStart(instance)).outcome, (await lastStart(instance)).problem], [
      "answered",
      null,
    ]);
  });
});
