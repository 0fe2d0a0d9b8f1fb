import assert from "node:assert/strict";
import { join } from "node:path";
import { openSampleHome, type SampleHome } from "../../../tests/fakes/sample_version.ts";
import { journalFile } from "../../update/records/journal.ts";
import { VERSION } from "../../version.ts";
import { resolveHome } from "../home.ts";
import { Installation } from "../installation.ts";
import { recoverUpdates } from "./open_updates.ts";

const OTHER = "0".repeat(64);

/** The lines that a start of this version logs. */
async function start({ home, executable }: SampleHome, versionId = "embedded"): Promise<string[]> {
  const lines: string[] = [];
  using installation = new Installation({
    home: resolveHome({ WINDLASS_HOME: home, HOME: home }),
    executable,
    version: { id: versionId, trial: false },
  });
  const found = await recoverUpdates({
    installation,
    log: (level, event) => lines.push(`${level} ${event}`),
  });
  assert.equal(found?.recovery.handOver, false);
  return lines;
}

const hasCurrent = async (sample: SampleHome) => (await sample.names(".")).includes("current.json");
const wrongTexts = ({ store }: SampleHome): [string, string][] => [
  ["damaged", `{"format":1,"embedded":"${store.embeddedId}`],
  [
    "of another executable",
    `{"format":1,"embedded":"${OTHER}","current":"${OTHER}","previous":null,"trial":true,"tries":2}`,
  ],
];

Deno.test("recoverUpdates() of the embedded version removes a current.json that does not apply", async () => {
  await using sample = await openSampleHome();
  for (const [what, text] of wrongTexts(sample)) {
    await Deno.writeTextFile(join(sample.home, "current.json"), text);
    assert.deepEqual(await start(sample), ["info update.current.removed"], what);
    assert.equal(await hasCurrent(sample), false, what);
    assert.deepEqual(await start(sample), [], what);
  }
});

Deno.test("recoverUpdates() of the embedded version keeps what the journal says when it removes it", async () => {
  await using sample = await openSampleHome();
  await Deno.writeTextFile(join(sample.home, "current.json"), "{");
  const journal = journalFile(join(sample.home, "update", "journal.json"));
  await journal.write({
    state: "downloading",
    kind: "update",
    change: "6e1f1b0a-1111-4222-8333-444455556666",
    by: "auto",
    since: "2026-01-02T03:04:05.000Z",
    version: "1.1.0",
    undo: true,
    from: { id: "embedded", version: VERSION, previous: null },
  });
  assert.deepEqual(await start(sample), ["info update.recovery", "info update.current.removed"]);
  assert.equal(await hasCurrent(sample), false);
  const left = await journal.read();
  assert.equal(typeof left === "object" && left.state, "downloading");
});

Deno.test("recoverUpdates() keeps a current.json that counts, and any beside another version than the embedded one", async () => {
  await using sample = await openSampleHome();
  await sample.store.writeCurrent({ current: "embedded", previous: null, trial: false, tries: 0 });
  assert.deepEqual(await start(sample), []);
  assert.equal(await hasCurrent(sample), true);
  await Deno.writeTextFile(join(sample.home, "current.json"), "{");
  assert.deepEqual(await start(sample, OTHER), []);
  assert.equal(await hasCurrent(sample), true);
});

Deno.test("recoverUpdates() starts the host beside a current.json that cannot be removed", async () => {
  await using sample = await openSampleHome();
  await Deno.mkdir(join(sample.home, "current.json", "kept"), { recursive: true });
  assert.deepEqual(await start(sample), ["warn update.current.unusable"]);
});
