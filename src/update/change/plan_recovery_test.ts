import assert from "node:assert/strict";
import type { Current } from "../../payload/current_file.ts";
import { type Journal, JOURNAL_STATES, type JournalState } from "../records/journal.ts";
import { planRecovery } from "./plan_recovery.ts";

const OLD = "embedded";
const NEW = "1".repeat(64);
const OTHER = "2".repeat(64);
const SINCE = "2026-01-02T03:04:05.000Z";
const CHANGE = {
  kind: "update" as const,
  change: "6e1f1b0a-1111-4222-8333-444455556666",
  by: "user" as const,
  since: SINCE,
  version: "1.1.0",
  undo: true,
  from: { id: OLD, version: "1.0.0", previous: null },
};
const WITH_ID = { ...CHANGE, id: NEW };
const SWITCHED = { ...WITH_ID, switched: SINCE, containers: [] };

const JOURNALS: Readonly<Record<JournalState, Journal>> = {
  downloading: { state: "downloading", ...CHANGE },
  installing: { state: "installing", ...CHANGE },
  preparing: { state: "preparing", ...WITH_ID },
  ready: { state: "ready", ...WITH_ID, consent: false },
  switching: { state: "switching", ...SWITCHED },
  trial: { state: "trial", ...SWITCHED, stopped: false },
  confirming: { state: "confirming", ...WITH_ID },
  "rolling-back": { state: "rolling-back", ...WITH_ID, reason: "dockerd does not answer" },
};

/** What `current.json` may say, by a name for it. */
const NAMED: Readonly<Record<string, Partial<Current> | undefined>> = {
  "nothing": undefined,
  "the new one on trial": { current: NEW, previous: OLD, trial: true, tries: 1 },
  "the new one, never started": { current: NEW, previous: OLD, trial: true, tries: 0 },
  "the new one": { current: NEW, previous: OLD, trial: false, tries: 0 },
  "another": { current: OTHER, previous: OLD, trial: false, tries: 0 },
};

/** What is done, in a word or two. */
function plan(
  state: JournalState | "damaged" | "none",
  named: string,
  running: string,
  present = [NEW, OTHER],
) {
  const partial = NAMED[named];
  const recovery = planRecovery({
    journal: state === "none" ? undefined : state === "damaged" ? "damaged" : JOURNALS[state],
    named: partial &&
      { embedded: "f".repeat(64), current: OLD, previous: null, trial: false, tries: 0, ...partial },
    running,
    present: new Set([OLD, ...present]),
    versionOf: (id) => id === NEW ? "1.1.0" : "1.0.0",
    begun: { change: CHANGE.change, since: SINCE },
  });
  switch (recovery.do) {
    case "forget":
      return `forget: ${recovery.reason}`;
    case "roll-back":
      return `roll back${recovery.handOver ? " and hand over" : ""}: ${recovery.reason}`;
    default:
      return recovery.do;
  }
}

const OTHER_RUNS = "forget: another version is running by now";
const GONE = "forget: its files are missing";
const NOT_CONFIRMED = "roll back: it was started 1 times without confirming itself";
const NOT_STARTED = "roll back: its files are damaged or missing, or its starts could not be counted";
const DAMAGED = "roll back: its files are damaged or missing";
const REASON = "dockerd does not answer";

const CASES: readonly (readonly [JournalState | "damaged" | "none", string, string, string])[] = [
  ["none", "nothing", OLD, "nothing"],
  ["none", "the new one", NEW, "nothing"],
  ["none", "the new one", OLD, "give-up-version"],
  ["none", "the new one on trial", NEW, "trial"],
  ["none", "the new one on trial", OLD, NOT_CONFIRMED],
  ["damaged", "nothing", OLD, "nothing"],
  ["damaged", "the new one", NEW, "nothing"],
  ["damaged", "the new one on trial", NEW, "trial"],
  ["damaged", "the new one on trial", OLD, NOT_CONFIRMED],
  ["downloading", "nothing", OLD, "keep"],
  ["downloading", "another", OTHER, OTHER_RUNS],
  ["downloading", "the new one on trial", NEW, "trial"],
  ["installing", "nothing", OLD, "keep"],
  ["preparing", "nothing", OLD, "keep"],
  ["preparing", "another", OTHER, OTHER_RUNS],
  ["ready", "nothing", OLD, "keep"],
  ["ready", "another", OTHER, OTHER_RUNS],
  ["ready", "the new one on trial", OLD, NOT_CONFIRMED],
  ["switching", "nothing", OLD, "ready-again"],
  ["switching", "another", OTHER, OTHER_RUNS],
  ["switching", "the new one on trial", NEW, "trial"],
  ["switching", "the new one, never started", OLD, NOT_STARTED],
  ["switching", "the new one on trial", OLD, NOT_CONFIRMED],
  ["switching", "the new one", NEW, "confirm"],
  ["switching", "the new one", OLD, DAMAGED],
  ["trial", "the new one on trial", NEW, "trial"],
  ["trial", "the new one on trial", OLD, NOT_CONFIRMED],
  ["trial", "the new one", NEW, "confirm"],
  ["trial", "the new one", OLD, DAMAGED],
  ["trial", "nothing", OLD, "ready-again"],
  ["confirming", "the new one", NEW, "confirm"],
  ["confirming", "the new one", OLD, DAMAGED],
  ["confirming", "nothing", OLD, OTHER_RUNS],
  ["rolling-back", "the new one on trial", NEW, `roll back and hand over: ${REASON}`],
  ["rolling-back", "the new one on trial", OLD, `roll back: ${REASON}`],
  ["rolling-back", "nothing", OLD, `roll back: ${REASON}`],
  ["rolling-back", "nothing", NEW, `roll back: ${REASON}`],
  ["rolling-back", "another", NEW, `roll back: ${REASON}`],
];

for (const [state, named, running, expected] of CASES) {
  const version = running === OLD ? "the old one" : running === NEW ? "the new one" : "another";
  Deno.test(`planRecovery() with journal ${state}, current.json naming ${named}, and ${version} running`, () => {
    assert.equal(plan(state, named, running), expected);
  });
}

Deno.test("planRecovery() forgets what is ready or was to be switched to if its files are gone", () => {
  assert.equal(plan("ready", "nothing", OLD, []), GONE);
  assert.equal(plan("switching", "nothing", OLD, []), GONE);
});

Deno.test("planRecovery() does not continue the preparation of a rollback that nobody waits for", () => {
  const recovery = planRecovery({
    journal: { state: "preparing", ...WITH_ID, kind: "rollback" },
    named: undefined,
    running: OLD,
    present: new Set([OLD, NEW]),
    versionOf: () => "1.0.0",
    begun: { change: CHANGE.change, since: SINCE },
  });
  assert.deepEqual(recovery, { do: "forget", reason: "it was interrupted" });
});

Deno.test("planRecovery() has exactly one answer for every state, file and running version, and never leaves a trial", () => {
  for (const state of [...Object.keys(JOURNAL_STATES) as JournalState[], "damaged", "none"] as const) {
    for (const named of Object.keys(NAMED)) {
      for (const running of [OLD, NEW, OTHER]) {
        const answer = plan(state, named, running);
        if (!named.includes("trial") && named !== "the new one, never started") continue;
        assert.match(answer, /^(trial|roll back)/, `${state}, ${named}, ${running}`);
      }
    }
  }
});

Deno.test("planRecovery() learns from current.json alone what is on trial", () => {
  const recovery = planRecovery({
    journal: "damaged",
    named: { embedded: "f".repeat(64), current: NEW, previous: OTHER, trial: true, tries: 1 },
    running: NEW,
    present: new Set([OLD, NEW, OTHER]),
    versionOf: (id) => id === NEW ? "1.1.0" : "1.0.0",
    begun: { change: CHANGE.change, since: SINCE },
  });
  const from = { id: OTHER, version: "1.0.0", previous: null };
  assert.deepEqual(recovery, { do: "trial", change: { ...SWITCHED, from, containers: null } });
});

Deno.test("planRecovery() drops what led away from the version of another executable", () => {
  for (const [state, journal] of Object.entries(JOURNALS)) {
    if (state === "rolling-back") continue; // that is to be ended, whatever runs
    const recovery = planRecovery({
      journal,
      named: undefined,
      running: OLD,
      present: new Set([OLD, NEW]),
      versionOf: () => "2.0.0",
      begun: { change: CHANGE.change, since: SINCE },
    });
    assert.deepEqual(recovery, { do: "forget", reason: "another version is running by now" }, state);
  }
});
