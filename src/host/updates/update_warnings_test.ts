import assert from "node:assert/strict";
import { UPDATE_OFFER, UPDATE_STATUS } from "../../../tests/fakes/fake_updates.ts";
import type { Problem } from "../../api/resources/problems.ts";
import type { UpdateStatus } from "../../api/resources/updates.ts";
import { updateWarnings } from "./update_warnings.ts";

/** Two days after the last check. */
const NOW = new Date("2026-11-24T08:00:00Z");
const LATER = new Date("2026-11-30T08:00:01Z");

const problem = (code: string): Problem => ({ code, message: "Cannot do it: x", remedy: "Do y." });
const AVAILABLE =
  "Run 'windlass update' to see what is new; 'windlass update install' installs it, 'windlass update skip VERSION' hides this.";

const OFFERS: readonly (readonly [string, Partial<UpdateStatus>, readonly [string, string, string]])[] = [
  ["a version", { offer: UPDATE_OFFER }, ["WL_UPDATE_AVAILABLE", "Windlass 1.2.0 is available", AVAILABLE]],
  ["one that is ready, in the place of a withdrawn one", {
    offer: { ...UPDATE_OFFER, version: "1.0.9", reason: "withdrawn", severity: "security" },
    step: "ready",
  }, [
    "WL_UPDATE_AVAILABLE",
    "Windlass 1.0.9 is ready to replace 1.1.0, which was withdrawn; it fixes a security vulnerability",
    AVAILABLE,
  ]],
  ["one for a package manager", {
    offer: { ...UPDATE_OFFER, means: "package-manager", command: "scoop update windlass" },
    managedBy: "scoop",
  }, [
    "WL_UPDATE_MANAGED",
    "Windlass 1.2.0 is available; this one was installed by scoop",
    "Run 'scoop update windlass'.",
  ]],
  [
    "one for an administrator",
    { offer: { ...UPDATE_OFFER, means: "package-manager" }, managedBy: "managed" },
    [
      "WL_UPDATE_MANAGED",
      "Windlass 1.2.0 is available; this one was installed by an administrator",
      "Update it with the program that installed it, or set update.selfManaged to 'always' to let Windlass update itself.",
    ],
  ],
  ["one that this updater cannot install", { offer: { ...UPDATE_OFFER, means: "executable" } }, [
    "WL_UPDATE_TOO_NEW",
    "Windlass 1.2.0 is available; this version cannot install it",
    "Download the latest executable of Windlass, and run it in place of this one.",
  ]],
];

for (const [name, changes, [code, message, remedy]] of OFFERS) {
  Deno.test(`updateWarnings() reports ${name}`, () => {
    assert.deepEqual(updateWarnings({ ...UPDATE_STATUS, ...changes }, NOW), [{ code, message, remedy }]);
  });
}

const SILENT: readonly (readonly [string, Partial<UpdateStatus>])[] = [
  ["while nothing is offered", {}],
  ["where updates are off", { offer: UPDATE_OFFER, mode: "off" }],
  ["while it is downloaded", { offer: UPDATE_OFFER, step: "downloading" }],
  ["while it waits for an idle moment", { offer: UPDATE_OFFER, step: "waiting-for-idle" }],
  ["of a channel that has been out of reach for two days", { problem: problem("WL_UPDATE_UNREACHABLE") }],
  ["of a build without a channel", { problem: problem("WL_UPDATE_NO_CHANNEL") }],
];

for (const [name, changes] of SILENT) {
  Deno.test(`updateWarnings() says nothing ${name}`, () => {
    assert.deepEqual(updateWarnings({ ...UPDATE_STATUS, ...changes }, NOW), []);
  });
}

const PROBLEMS: readonly (readonly [string, Partial<UpdateStatus>, Date])[] = [
  ["an expired channel", { problem: problem("WL_UPDATE_EXPIRED") }, NOW],
  ["a version that was left", { problem: problem("WL_UPDATE_UNDONE") }, NOW],
  [
    "a channel that has been out of reach for eight days",
    { problem: problem("WL_UPDATE_UNREACHABLE") },
    LATER,
  ],
  ["a channel that was never reached", { problem: problem("WL_UPDATE_UNREACHABLE"), lastCheck: null }, NOW],
];

for (const [name, changes, now] of PROBLEMS) {
  Deno.test(`updateWarnings() reports ${name}`, () => {
    assert.deepEqual(updateWarnings({ ...UPDATE_STATUS, ...changes }, now), [changes.problem]);
  });
}
