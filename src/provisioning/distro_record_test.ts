import assert from "node:assert/strict";
import { join } from "node:path";
import { NO_LOG } from "../logging/log.ts";
import { distroNames } from "./distro_names.ts";
import { openDistroRecord } from "./distro_record.ts";

const NAMES = distroNames();
const IMPORTED_AT = "2026-01-02T03:04:05.678Z";

async function temporaryPath(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  return {
    path: join(folder, "distros.json"),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("openDistroRecord() is empty when there is no file", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(place.path, NAMES, NO_LOG);
  assert.deepEqual([record.engines, record.data], [{}, null]);
});

Deno.test("DistroRecord keeps both entries when they are set at the same time", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(place.path, NAMES, NO_LOG);
  await Promise.all([
    record.setEngine("windlass", { rootfsId: "A", importedAt: IMPORTED_AT }),
    record.setData({ state: "ready", since: IMPORTED_AT }),
  ]);
  const again = await openDistroRecord(place.path, NAMES, NO_LOG);
  assert.deepEqual(again.engines, { windlass: { rootfsId: "A", importedAt: IMPORTED_AT } });
  assert.deepEqual(again.data, { state: "ready", since: IMPORTED_AT });
});

for (
  const [what, text] of [
    ["cut off", '{"format":2,"engines":'],
    ["empty", ""],
    ["of a later format", '{"format":3,"engines":{},"data":null}'],
    [
      "with a state unknown here",
      `{"format":2,"engines":{},"data":{"state":"moved","since":"${IMPORTED_AT}"}}`,
    ],
  ] as const
) {
  Deno.test(`openDistroRecord() is empty and says so when the file is ${what}`, async () => {
    await using place = await temporaryPath();
    await Deno.writeTextFile(place.path, text);
    const events: string[] = [];
    const record = await openDistroRecord(place.path, NAMES, (_, event) => events.push(event));
    assert.deepEqual([record.engines, record.data, events], [{}, null, ["distro.record.damaged"]]);
  });
}

Deno.test("openDistroRecord() refuses when the file cannot be read", async () => {
  await using place = await temporaryPath();
  await Deno.mkdir(place.path);
  await assert.rejects(openDistroRecord(place.path, NAMES, NO_LOG), {
    code: "WL_HOME_INVALID",
    message: `Cannot read '${place.path}': Is a directory (os error 21)`,
  });
});

Deno.test("DistroRecord.setEngine() changes nothing when the file cannot be written", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(join(place.path, "missing", "distros.json"), NAMES, NO_LOG);
  await assert.rejects(record.setEngine("windlass", { rootfsId: "A", importedAt: IMPORTED_AT }), {
    code: "WL_FILE_NOT_WRITABLE",
  });
  assert.deepEqual(record.engines, {});
});

Deno.test("openDistroRecord() reads a file from before there were two engines", async () => {
  await using place = await temporaryPath();
  const engine = { rootfsId: "A", importedAt: IMPORTED_AT };
  const data = { state: "ready", since: IMPORTED_AT };
  await Deno.writeTextFile(place.path, JSON.stringify({ format: 1, engine, data }));
  const record = await openDistroRecord(place.path, distroNames("beta"), NO_LOG);
  assert.deepEqual([record.engines, record.data], [{ "windlass-beta": engine }, data]);
});

Deno.test("DistroRecord keeps what a later version has added", async () => {
  await using place = await temporaryPath();
  const engines = { windlass: { rootfsId: "A", importedAt: IMPORTED_AT, by: "2.0" } };
  await Deno.writeTextFile(place.path, JSON.stringify({ format: 2, engines, data: null, more: 1 }));
  const record = await openDistroRecord(place.path, NAMES, NO_LOG);
  await record.setEngine("windlass-b", { rootfsId: null, importedAt: IMPORTED_AT });
  assert.deepEqual(JSON.parse(await Deno.readTextFile(place.path)), {
    format: 2,
    engines: { ...engines, "windlass-b": { rootfsId: null, importedAt: IMPORTED_AT } },
    data: null,
    more: 1,
  });
});

Deno.test("DistroRecord.setEngine() removes an entry, and only that", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(place.path, NAMES, NO_LOG);
  const entry = { rootfsId: "A", importedAt: IMPORTED_AT };
  for (const name of NAMES.engines) await record.setEngine(name, entry);
  await record.setEngine("windlass", null);
  assert.deepEqual(record.engines, { "windlass-b": entry });
});
