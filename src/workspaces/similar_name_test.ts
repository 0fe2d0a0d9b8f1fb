import assert from "node:assert/strict";
import { similarName } from "./similar_name.ts";

const NAMES = ["Ubuntu-24.04", "Debian", "archlinux", "Alpine", "openSUSE-Leap-15.6", "openSUSE-Tumbleweed"];

Deno.test("similarName() finds what was probably meant", () => {
  for (
    const [typed, meant] of [
      ["ubuntu", "Ubuntu-24.04"],
      ["Ubuntu-22.04", "Ubuntu-24.04"],
      ["debain", "Debian"],
      ["arch", "archlinux"],
      ["alpin", "Alpine"],
    ] as const
  ) {
    assert.equal(similarName(typed, NAMES), meant);
  }
});

Deno.test("similarName() says nothing where none is near, two are, or what was typed is very long", () => {
  for (const typed of ["fedora", "opensuse", "", "x", "a".repeat(100_000)]) {
    assert.equal(similarName(typed, NAMES), undefined, typed.slice(0, 20));
  }
  assert.equal(similarName("Debiam", ["Debian", "Debiax"]), undefined);
  assert.equal(similarName("ab", ["xy"]), undefined);
});
