import assert from "node:assert/strict";
import { agreedChange, isUnwanted } from "./change.ts";
import type { InstalledChange } from "../records/journal.ts";

const CHANGE: InstalledChange = {
  kind: "update",
  change: "6e1f1b0a-1111-4222-8333-444455556666",
  by: "auto",
  since: "2026-01-02T03:04:05.000Z",
  version: "1.1.0",
  undo: true,
  from: { id: "embedded", version: "1.0.0", previous: null },
  id: "1".repeat(64),
};
const pin = (pin: string) => ({ values: { "update.pin": pin } });
const STATE = { skipped: [], bad: [], pinned: null };

Deno.test("agreedChange() follows who agrees, and auto takes nothing back from the user", () => {
  const by = (before: "user" | "auto", consent: boolean, next: "user" | "auto") =>
    agreedChange({ change: { ...CHANGE, by: before }, consent }, next).by;
  assert.equal(by("auto", false, "user"), "user");
  assert.equal(by("user", false, "auto"), "auto");
  assert.equal(by("auto", true, "user"), "user");
  assert.equal(by("user", true, "auto"), "user");
});

Deno.test("isUnwanted() is about what nobody has asked for: skipped, bad, or pinned away", () => {
  const failure = { version: "1.1.0", reason: "x", at: CHANGE.since };
  assert.equal(isUnwanted(CHANGE, STATE, pin("")), false);
  assert.equal(isUnwanted(CHANGE, { ...STATE, skipped: ["1.1.0"] }, pin("")), true);
  assert.equal(isUnwanted(CHANGE, { ...STATE, bad: [failure] }, pin("")), true);
  assert.equal(isUnwanted(CHANGE, { ...STATE, pinned: "1.0" }, pin("")), true);
  assert.equal(isUnwanted(CHANGE, { ...STATE, pinned: "1.1" }, pin("1")), false);
  assert.equal(isUnwanted(CHANGE, STATE, pin("1.0")), true);
  assert.equal(isUnwanted({ ...CHANGE, by: "user" }, { ...STATE, skipped: ["1.1.0"] }, pin("1.0")), false);
});
