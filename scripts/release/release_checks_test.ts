import assert from "node:assert/strict";
import { keepsWayBack } from "./release_checks.ts";

Deno.test("keepsWayBack() refuses it with another major of dockerd, and never grants what the release denies", () => {
  const next = { dockerd: "29.0.1", undo: true };
  assert.equal(keepsWayBack(next, undefined), true, "the first release");
  assert.equal(keepsWayBack(next, { dockerd: "29.9.0" }), true, "the same major");
  assert.equal(keepsWayBack(next, { dockerd: "28.5.2" }), false, "a newer major");
  assert.equal(keepsWayBack(next, { dockerd: "30.0.0" }), false, "an older major");
  assert.equal(keepsWayBack(next, { dockerd: "2.9" }), false, "a major that begins alike");
  assert.equal(keepsWayBack({ ...next, undo: false }, { dockerd: "29.0.1" }), false, "--no-undo");
});
