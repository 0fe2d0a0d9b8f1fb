import assert from "node:assert/strict";
import { UPDATE_OFFER, UPDATE_STATUS } from "../../tests/fakes/fake_updates.ts";
import type { UpdateStatus } from "../api/schemas.ts";
import { describeUpdate, offerText, updateLine, waitingText, wayText } from "./update_text.ts";

Deno.test("offerText() shows version, size and notes, without control characters", () => {
  assert.equal(
    offerText(UPDATE_OFFER, "1.1.0"),
    "Windlass 1.2.0 can be installed; it downloads 1.8 MB of 142.0 MB.\n  Faster starts.\n",
  );
  const offer = {
    ...UPDATE_OFFER,
    ...{
      version: "1.0.9",
      reason: "withdrawn",
      severity: "security",
      downloadBytes: 0,
      undo: false,
    } as const,
    notes: "One\n\u001b[31mTwo",
    notesUrl: "https://example.com/notes",
  };
  assert.equal(
    offerText(offer, "1.1.0"),
    "Windlass 1.1.0 was withdrawn, and 1.0.9 takes its place; it is downloaded. It closes a security hole.\n" +
      "  One\n   [31mTwo\n  https://example.com/notes\n" +
      "It cannot be undone: the version before it cannot read the data that it writes.\n",
  );
});

Deno.test("wayText() says how to get a version", () => {
  const ways = [
    {},
    { means: "package-manager", command: "scoop update windlass" },
    { means: "package-manager" },
    { means: "executable" },
  ] as const;
  assert.deepEqual(ways.map((way) => wayText({ ...UPDATE_OFFER, ...way })), [
    "'windlass update install' installs it; 'windlass update skip 1.2.0' hides it.",
    "Your package manager installs it: scoop update windlass",
    "Whoever manages this machine installs it; the setting update.selfManaged can change that.",
    "This version cannot install it: download the newest executable, and run it in place of this one.",
  ]);
});

const DESCRIBED: readonly (readonly [string, Partial<UpdateStatus>, string])[] = [
  [
    "of a version that is the newest",
    {},
    "Version      1.1.0\n" +
    "Channel      stable, new versions are downloaded\n" +
    "Last check   2026-11-22T08:00:00.000Z\n" +
    "Next check   2026-11-22T14:00:00.000Z\n" +
    "Update       Windlass 1.1.0 is the newest version of the channel stable\n",
  ],
  [
    "that could be left either way",
    {
      previous: { version: "1.0.9", id: "a".repeat(64) },
      mode: "notify",
      managedBy: "scoop",
      lastCheck: null,
      nextCheck: null,
      offer: { ...UPDATE_OFFER, means: "package-manager", command: "scoop update windlass" },
    },
    "Version      1.1.0\n" +
    "Before       1.0.9; 'windlass update rollback' goes back to it\n" +
    "Channel      stable, new versions are told\n" +
    "Installed by Scoop, which updates it\n" +
    "Last check   none yet\n" +
    "Update       Windlass 1.2.0 can be installed.\n" +
    "               Faster starts.\n" +
    "             Your package manager installs it: scoop update windlass\n",
  ],
  [
    "of a download",
    {
      nextCheck: null,
      offer: UPDATE_OFFER,
      step: "downloading",
      progress: { done: 900_000, total: 1_800_000 },
    },
    "Version      1.1.0\n" +
    "Channel      stable, new versions are downloaded\n" +
    "Last check   2026-11-22T08:00:00.000Z\n" +
    "Now          Downloading, 900.0 KB of 1.8 MB\n" +
    "Update       Windlass 1.2.0 can be installed; it downloads 1.8 MB of 142.0 MB.\n" +
    "               Faster starts.\n",
  ],
  [
    "of a version that waits, after another has failed",
    {
      nextCheck: null,
      noOffer: undefined,
      step: "waiting-for-idle",
      waitsFor: [{ what: "container web", since: null }, { what: "build", since: null }],
      problem: { code: "WL_UPDATE_UNREACHABLE", message: "Cannot ask the channel: x", remedy: "Try again." },
      bad: [{ version: "1.1.9", reason: "dockerd did not answer within 180 s" }],
      pinned: "1.2",
      skipped: ["1.1.8", "1.1.7"],
    },
    "Version      1.1.0\n" +
    "Channel      stable, new versions are downloaded\n" +
    "Last check   2026-11-22T08:00:00.000Z\n" +
    "Now          switches when nothing runs any more; waits for container web, build\n" +
    "Problem      Cannot ask the channel: x\n" +
    "             WL_UPDATE_UNREACHABLE: Try again.\n" +
    "Pinned       1.2; 'windlass update unpin' takes it away\n" +
    "Skipped      1.1.8, 1.1.7\n" +
    "Failed       1.1.9: dockerd did not answer within 180 s\n",
  ],
];

for (const [name, changes, expected] of DESCRIBED) {
  Deno.test(`describeUpdate() shows the status ${name}`, () => {
    assert.equal(describeUpdate({ ...UPDATE_STATUS, ...changes }), expected);
  });
}

Deno.test("waitingText() says what an update waits for, and how not to wait", () => {
  const waits = { ...UPDATE_STATUS, waitsFor: [{ what: "container web", since: null }] };
  assert.equal(
    waitingText(waits, "1.2.0"),
    "Windlass 1.2.0 is ready, and takes over when nothing runs any more; it waits for container web.\n" +
      "'windlass update install --now' does it now: that stops the containers, and starts those again that have a restart policy.\n",
  );
});

Deno.test("updateLine() has something to say only if there is something to do", () => {
  const lines = [{}, { offer: UPDATE_OFFER }, { offer: UPDATE_OFFER, step: "ready" }, {
    step: "trial",
  }] as const;
  assert.deepEqual(lines.map((changes) => updateLine({ ...UPDATE_STATUS, ...changes })), [
    undefined,
    "Windlass 1.2.0 can be installed; it downloads 1.8 MB of 142.0 MB. 'windlass update' tells more.",
    "1.2.0 is ready; 'windlass update install' switches to it",
    "Trying out the new version",
  ]);
});
