import assert from "node:assert/strict";
import { matchesPin, PIN_REGEXP } from "./version_pin.ts";

const CASES: readonly (readonly [string, string, boolean])[] = [
  ["1.2.3", "1.2.3", true],
  ["1.2.3-beta.1", "1.2.3-beta.1", true],
  ["1.2.3-beta.1", "1.2.3", false],
  ["1.2.30", "1.2.3", false],
  ["1.2.0", "1.2", true],
  ["1.2.9", "1.2", true],
  ["1.2.9-rc.1", "1.2", true],
  ["1.20.0", "1.2", false],
  ["1.9.0", "1", true],
  ["10.0.0", "1", false],
];

for (const [version, pin, expected] of CASES) {
  Deno.test(`matchesPin() lets ${version} ${expected ? "" : "not "}through the pin ${pin}`, () => {
    assert.equal(matchesPin(version, pin), expected);
  });
}

Deno.test("PIN_REGEXP takes a version or its first numbers", () => {
  for (const pin of ["1", "1.2", "1.2.3", "1.2.3-beta.1"]) assert.match(pin, PIN_REGEXP);
  for (const text of ["", "v1", "1.", "1.2.", "1.x", "1.2.3.4", "latest", "1.2-beta"]) {
    assert.doesNotMatch(text, PIN_REGEXP);
  }
});
