import assert from "node:assert/strict";
import { distroNames } from "./distro_names.ts";
import type { EngineRecord } from "./distro_record.ts";
import { chooseEngineName, engineWith, otherEngineName } from "./engine_names.ts";

const names = distroNames();
const [FIRST, SECOND] = names.engines;

/** `A1`: content A, imported in the year 2001; `-1`: an import that died then. */
function engines(first: string | undefined, second: string | undefined): Record<string, EngineRecord> {
  const entries: Record<string, EngineRecord> = {};
  for (const [name, text] of [[FIRST, first], [SECOND, second]] as const) {
    if (text === undefined) continue;
    const rootfsId = text[0] === "-" ? null : text[0]!;
    entries[name] = { rootfsId, importedAt: `200${text[1]}-01-01T00:00:00.000Z` };
  }
  return entries;
}

for (
  const [first, second, wanted, keepOthers, expected] of [
    [undefined, undefined, "A", false, FIRST],
    // Its own, wherever that is and whatever the other one holds.
    ["A1", undefined, "A", false, FIRST],
    [undefined, "A1", "A", false, SECOND],
    ["B2", "A1", "A", true, SECOND],
    ["-2", "A1", "A", false, SECOND],
    // The remains of an import that died.
    ["B1", "-2", "A", false, SECOND],
    ["-1", undefined, "A", true, FIRST],
    // One that nobody needs: with two, the older; so the room of one is enough.
    ["B1", undefined, "A", false, FIRST],
    [undefined, "B1", "A", false, SECOND],
    ["B1", "C2", "A", false, FIRST],
    ["B2", "C1", "A", false, SECOND],
    // On trial the others are needed as long as there is a free name.
    ["B1", undefined, "A", true, SECOND],
    [undefined, "B1", "A", true, FIRST],
    ["B2", "C1", "A", true, SECOND],
    // The content of this version is not known: only the distro that is there longest can be the one that ran.
    [undefined, "B1", undefined, false, SECOND],
    ["B1", "C2", undefined, false, FIRST],
  ] as const
) {
  const there = `'${first ?? ""}' and '${second ?? ""}'${keepOthers ? " on trial" : ""}`;
  Deno.test(`chooseEngineName() is ${expected} for ${wanted ?? "unknown content"} beside ${there}`, () => {
    const choice = { names, engines: engines(first, second), rootfsId: wanted, keepOthers };
    assert.equal(chooseEngineName(choice), expected);
  });
}

Deno.test("engineWith() names the distro with a content, and none where that is nowhere complete", () => {
  assert.equal(engineWith(engines("A1", "B2"), "B"), SECOND);
  assert.equal(engineWith(engines("A1", "-2"), "B"), undefined);
});

Deno.test("otherEngineName() is the one of the two that a name is not", () => {
  assert.deepEqual([otherEngineName(names, FIRST), otherEngineName(names, SECOND)], [SECOND, FIRST]);
});
