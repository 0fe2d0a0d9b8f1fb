import assert from "node:assert/strict";
import { join } from "node:path";
import { NO_LOG } from "../../logging/log.ts";
import { formatHistory, type HistoryEntry, historyFile, parseHistory } from "./history.ts";
import { type Journal, journalFile } from "./journal.ts";
import { newUpdateState, openUpdateState, withConfirmed, withFailure, withSkipped } from "./state.ts";

const AT = "2026-01-02T03:04:05.000Z";
const CHANGE = "6e1f1b0a-1111-4222-8333-444455556666";
const JOURNAL: Journal = {
  state: "downloading",
  kind: "update",
  change: CHANGE,
  by: "auto",
  since: AT,
  version: "1.1.0",
  undo: true,
  from: { id: "embedded", version: "1.0.0", previous: null },
};

async function temporaryFolder(): Promise<{ path(name: string): string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("journalFile() reads back what was written, and nothing after it was removed", async () => {
  await using folder = await temporaryFolder();
  const store = journalFile(folder.path("journal.json"));
  assert.equal(await store.read(), undefined);
  await store.write(JOURNAL);
  assert.deepEqual(await store.read(), JOURNAL);
  await store.remove();
  await store.remove();
  assert.equal(await store.read(), undefined);
});

const DAMAGED = [
  "",
  "{",
  "null",
  '{"format":2}',
  JSON.stringify({ format: 1, journal: { ...JOURNAL, state: "else" } }),
];
for (const text of DAMAGED) {
  Deno.test(`journalFile() takes ${JSON.stringify(text.slice(0, 20))} for damaged`, async () => {
    await using folder = await temporaryFolder();
    await Deno.writeTextFile(folder.path("journal.json"), text);
    assert.equal(await journalFile(folder.path("journal.json")).read(), "damaged");
  });
}

Deno.test("journalFile() takes a folder in its place for damaged, and writes over it when it is gone", async () => {
  await using folder = await temporaryFolder();
  await Deno.mkdir(folder.path("journal.json"));
  const store = journalFile(folder.path("journal.json"));
  assert.equal(await store.read(), "damaged");
  await store.remove();
  await store.write(JOURNAL);
  assert.deepEqual(await store.read(), JOURNAL);
});

Deno.test("openUpdateState() keeps the installation's id, and sets a damaged file aside", async () => {
  await using folder = await temporaryFolder();
  const path = folder.path("state.json");
  const { state: { installId } } = await openUpdateState(path, NO_LOG);
  const again = await openUpdateState(path, NO_LOG);
  assert.equal(again.state.installId, installId);
  await again.change((state) => withSkipped(state, "1.1.0"));
  assert.deepEqual((await openUpdateState(path, NO_LOG)).state.skipped, ["1.1.0"]);
  await Deno.writeTextFile(path, "{");
  const anew = await openUpdateState(path, NO_LOG);
  assert.notEqual(anew.state.installId, installId);
  assert.equal(await Deno.readTextFile(`${path}.damaged`), "{");
});

Deno.test("a version that has failed is reported until another is confirmed or it is skipped", () => {
  const failure = { version: "1.1.0", reason: "no\nreason".padEnd(900, "."), at: AT };
  const failed = withFailure(newUpdateState(CHANGE), failure);
  assert.equal(failed.bad[0]?.reason.length, 600);
  assert.equal(failed.lastFailure?.reason.startsWith("no reason."), true);
  const skipped = withSkipped(failed, "1.1.0");
  assert.deepEqual([skipped.lastFailure, skipped.bad.length], [null, 1]);
  const left = { id: "embedded", version: "1.0.0" };
  const other = withConfirmed(failed, "1.2.0", left);
  assert.deepEqual([other.lastFailure, other.bad.length, other.left], [null, 1, left]);
  assert.equal(withConfirmed(failed, "1.1.0", left).bad.length, 0);
});

Deno.test("20 bad and 20 skipped versions are remembered, the newest first", () => {
  let state = newUpdateState(CHANGE);
  for (let number = 0; number < 30; number++) {
    state = withSkipped(
      withFailure(state, { version: `1.${number}.0`, reason: "r", at: AT }),
      `1.${number}.0`,
    );
  }
  assert.deepEqual([state.bad.length, state.bad[0]?.version, state.skipped.length, state.skipped[0]], [
    20,
    "1.29.0",
    20,
    "1.29.0",
  ]);
});

const ENTRY: HistoryEntry = {
  at: AT,
  event: "updated",
  version: "1.1.0",
  from: "1.0.0",
  by: "auto",
  change: CHANGE,
};

Deno.test("historyFile() records the end of a change once, and leaves damaged lines out", async () => {
  await using folder = await temporaryFolder();
  const path = folder.path("history.jsonl");
  const history = historyFile(path);
  await history.add(ENTRY);
  await history.add(ENTRY);
  await Deno.writeTextFile(path, 'half a line\n{"event":"updated"}\n', { append: true });
  const skipped: HistoryEntry = { at: AT, event: "skipped", version: "1.1.0", by: "user" };
  await history.add(skipped);
  await history.add(skipped);
  assert.deepEqual(await history.read(), [ENTRY, skipped, skipped]);
});

Deno.test("a history keeps its newest 200 lines", () => {
  const entries = Array.from({ length: 250 }, (_, number) => ({ ...ENTRY, version: `1.${number}.0` }));
  const kept = parseHistory(formatHistory(entries));
  assert.deepEqual([kept.length, kept[0]?.version, kept.at(-1)?.version], [200, "1.50.0", "1.249.0"]);
});
