import assert from "node:assert/strict";
import { join } from "node:path";
import { NO_LOG } from "../logging/log.ts";
import { openDistroRecord } from "./distro_record.ts";

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
  const record = await openDistroRecord(place.path, NO_LOG);
  assert.deepEqual([record.engine, record.data], [null, null]);
});

Deno.test("DistroRecord keeps both entries when they are set at the same time", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(place.path, NO_LOG);
  await Promise.all([
    record.setEngine({ rootfsId: "A", importedAt: IMPORTED_AT }),
    record.setData({ state: "ready", since: IMPORTED_AT }),
  ]);
  const again = await openDistroRecord(place.path, NO_LOG);
  assert.deepEqual(again.engine, { rootfsId: "A", importedAt: IMPORTED_AT });
  assert.deepEqual(again.data, { state: "ready", since: IMPORTED_AT });
});

for (
  const [what, text] of [
    ["cut off", '{"format":1,"engine":'],
    ["empty", ""],
    ["of a later format", '{"format":2,"engine":null,"data":null}'],
    [
      "with a state unknown here",
      `{"format":1,"engine":null,"data":{"state":"moved","since":"${IMPORTED_AT}"}}`,
    ],
  ] as const
) {
  Deno.test(`openDistroRecord() is empty and says so when the file is ${what}`, async () => {
    await using place = await temporaryPath();
    await Deno.writeTextFile(place.path, text);
    const events: string[] = [];
    const record = await openDistroRecord(place.path, (_, event) => events.push(event));
    assert.deepEqual([record.engine, record.data, events], [null, null, ["distro.record.damaged"]]);
  });
}

Deno.test("openDistroRecord() refuses when the file cannot be read", async () => {
  await using place = await temporaryPath();
  await Deno.mkdir(place.path);
  await assert.rejects(openDistroRecord(place.path, NO_LOG), {
    code: "WL_HOME_INVALID",
    message: `Cannot read '${place.path}': Is a directory (os error 21)`,
  });
});

Deno.test("DistroRecord.setEngine() changes nothing when the file cannot be written", async () => {
  await using place = await temporaryPath();
  const record = await openDistroRecord(join(place.path, "missing", "distros.json"), NO_LOG);
  await assert.rejects(record.setEngine({ rootfsId: "A", importedAt: IMPORTED_AT }), {
    code: "WL_FILE_NOT_WRITABLE",
  });
  assert.equal(record.engine, null);
});
