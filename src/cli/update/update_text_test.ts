import assert from "node:assert/strict";
import { UPDATE_OFFER, UPDATE_STATUS } from "../../../tests/fakes/fake_updates.ts";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { timeText } from "../text/time_text.ts";
import { describeUpdate, offerText, updateLine, waitingText, wayText } from "./update_text.ts";

Deno.test("offerText() shows version, size and notes, without control characters", () => {
  assert.equal(
    offerText(UPDATE_OFFER, "1.1.0"),
    "Windlass 1.2.0 is available (1.8 MB to download of 142.0 MB).\n  Faster starts.\n",
  );
  const offer = {
    ...UPDATE_OFFER,
    version: "1.0.9",
    reason: "withdrawn" as const,
    severity: "security" as const,
    downloadBytes: 0,
    undo: false as const,
    notes: "One\n\u001b[31mTwo",
    notesUrl: "https://example.com/notes",
  };
  assert.equal(
    offerText(offer, "1.1.0"),
    "Windlass 1.1.0 was withdrawn and is replaced by 1.0.9 (already downloaded). It fixes a security vulnerability.\n" +
      "  One\n   [31mTwo\n  https://example.com/notes\n" +
      "It cannot be rolled back: the previous version cannot read the data that it writes.\n",
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
    "Your administrator installs it; the setting update.selfManaged can change that.",
    "This version cannot install it: download the latest executable, and run it in place of this one.",
  ]);
});

const DESCRIBED: readonly (readonly [string, Partial<UpdateStatus>, string])[] = [
  [
    "of a version that is the newest",
    {},
    "Version      1.1.0\n" +
    "Channel      stable, new versions are downloaded\n" +
    `Last check   ${timeText("2026-11-22T08:00:00.000Z")}\n` +
    `Next check   ${timeText("2026-11-22T14:00:00.000Z")}\n` +
    "Update       Windlass 1.1.0 is the latest version in the channel stable\n",
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
    "Previous     1.0.9; 'windlass update rollback' returns to it\n" +
    "Channel      stable, new versions are shown\n" +
    "Installed by Scoop, which updates it\n" +
    "Last check   none yet\n" +
    "Update       Windlass 1.2.0 is available.\n" +
    "               Faster starts.\n" +
    "             Your package manager installs it: scoop update windlass\n",
  ],
  [
    "of a build without a channel",
    { hasChannel: false, channel: "stable", lastCheck: null, nextCheck: null, noOffer: undefined },
    "Version      1.1.0\n" +
    "Channel      none: this build of Windlass has no update channel\n",
  ],
  [
    "of a download",
    {
      nextCheck: null,
      offer: UPDATE_OFFER,
      step: "downloading",
      stage: "Downloading",
      progress: { done: 900_000, total: 1_800_000 },
    },
    "Version      1.1.0\n" +
    "Channel      stable, new versions are downloaded\n" +
    `Last check   ${timeText("2026-11-22T08:00:00.000Z")}\n` +
    "Now          Downloading, 900.0 KB of 1.8 MB\n" +
    "Update       Windlass 1.2.0 is available (1.8 MB to download of 142.0 MB).\n" +
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
    `Last check   ${timeText("2026-11-22T08:00:00.000Z")}\n` +
    "Now          switches when the engine is idle; waiting for container web, build\n" +
    "Problem      Cannot ask the channel: x\n" +
    "             WL_UPDATE_UNREACHABLE: Try again.\n" +
    "Pinned       1.2; 'windlass update unpin' removes it\n" +
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
    "Windlass 1.2.0 is ready and takes over when the engine is idle; it is waiting for container web.\n" +
      "'windlass update install --now' switches immediately: it stops all containers, then restarts those with a restart policy.\n",
  );
});

Deno.test("updateLine() has something to say only if there is something to do", () => {
  const lines = [{}, { offer: UPDATE_OFFER }, { offer: UPDATE_OFFER, step: "ready" }, {
    step: "trial",
    stage: "Checking the health of the new version",
  }] as const;
  assert.deepEqual(lines.map((changes) => updateLine({ ...UPDATE_STATUS, ...changes })), [
    undefined,
    "Windlass 1.2.0 is available (1.8 MB to download of 142.0 MB). Run 'windlass update' for details.",
    "1.2.0 is ready; 'windlass update install' switches to it",
    "Checking the health of the new version",
  ]);
});
