import assert from "node:assert/strict";
import { type DistroKey, distrosOfKeys, isSameFolder } from "./registered_distros.ts";

const ID = "{8f0a3f1e-0d5c-4c9b-9d53-1f1c3b1f4a01}";
const GOOD: DistroKey = { id: ID, name: "Ubuntu", directory: "C:\\d\\Ubuntu", state: 1, flags: 15 };

Deno.test("distrosOfKeys() reads state, kind and default of each distro", () => {
  const keys: readonly DistroKey[] = [
    GOOD,
    { ...GOOD, id: ID.replace("01}", "02}"), name: "old", flags: 7, directory: null },
    { ...GOOD, id: ID.replace("01}", "03}"), name: "windlass", state: 3 },
    { ...GOOD, id: ID.replace("01}", "04}"), name: "windlass-data", state: 4, flags: null },
    { ...GOOD, id: ID.replace("01}", "05}"), name: "odd", state: null },
  ];
  const listed = distrosOfKeys(keys, ID.toUpperCase());
  assert.deepEqual(listed.map(({ name, state, version, isDefault }) => [name, state, version, isDefault]), [
    ["Ubuntu", "registered", 2, true],
    ["old", "registered", 1, false],
    ["windlass", "busy", 2, false],
    ["windlass-data", "busy", 1, false],
    ["odd", "busy", 2, false],
  ]);
  assert.deepEqual(listed.map(({ directory }) => directory).slice(0, 2), ["C:\\d\\Ubuntu", null]);
});

Deno.test("distrosOfKeys() leaves out a damaged registration, which makes wsl --list fail", () => {
  assert.deepEqual(distrosOfKeys([{ ...GOOD, name: null }, GOOD], null).map(({ name }) => name), ["Ubuntu"]);
});

for (
  const [one, other, expected] of [
    ["C:\\Users\\Zoë\\d", "c:\\users\\zoë\\D", true],
    ["\\\\?\\C:\\d", "C:\\d\\", true],
    ["C:/d/e", "C:\\d\\e", true],
    ["C:\\d", "C:\\d2", false],
    ["C:\\d", "D:\\d", false],
  ] as const
) {
  Deno.test(`isSameFolder() is ${expected} for '${one}' and '${other}'`, () => {
    assert.equal(isSameFolder(one, other), expected);
  });
}
