import assert from "node:assert/strict";
import type { InstallationOwner } from "../../install/installation_owner.ts";
import { ownersCommand, type SelfManaged, updateOwner } from "./ownership.ts";

const CASES: readonly (readonly [InstallationOwner, SelfManaged, InstallationOwner])[] = [
  ["direct", "auto", "direct"],
  ["winget", "auto", "winget"],
  ["managed", "auto", "managed"],
  ["scoop", "always", "direct"],
  ["managed", "always", "direct"],
  ["direct", "never", "managed"],
  ["winget", "never", "winget"],
];

for (const [found, setting, expected] of CASES) {
  Deno.test(`updateOwner() of ${found} with ${setting} is ${expected}`, () => {
    assert.equal(updateOwner(found, setting), expected);
  });
}

Deno.test("ownersCommand() names the command of each package manager", () => {
  assert.deepEqual((["direct", "winget", "scoop", "managed"] as const).map(ownersCommand), [
    undefined,
    "winget upgrade --id Windlass.Windlass --exact",
    "scoop update windlass",
    undefined,
  ]);
});
