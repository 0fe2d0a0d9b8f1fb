import assert from "node:assert/strict";
import { compareVersions, isVersion } from "./version_order.ts";

Deno.test("compareVersions() orders as semver does, both ways round", () => {
  const ordered = [
    "0.1.0",
    "0.9.9",
    "0.10.0",
    "1.0.0-0",
    "1.0.0-9",
    "1.0.0-10",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc-1",
    "1.0.0",
    "1.0.1-rc.1",
    "1.0.1",
    "2.0.0",
    "10.0.0",
  ];
  ordered.forEach((a, i) => {
    ordered.forEach((b, j) => assert.equal(compareVersions(a, b), Math.sign(i - j), `${a} and ${b}`));
  });
});

Deno.test("isVersion() recognizes what is not a version", () => {
  for (const text of ["1.2.3", "0.0.0", "1.2.3-nightly.20261123", "1.2.3--", "1.2.3-0a"]) {
    assert(isVersion(text), text);
  }
  for (
    const text of [
      "",
      "1",
      "1.2",
      "v1.2.3",
      "1.2.3 ",
      "1.2.3\n",
      "01.2.3",
      "1.2.3-",
      "1.2.3-01",
      "1.2.3-a..b",
      "1.2.3+build",
      "1.2.3.4",
      "1.2.1234567890",
      "../1.2.3",
    ]
  ) assert(!isVersion(text), text);
});

Deno.test("compareVersions() refuses what is not a version", () => {
  assert.throws(
    () => compareVersions("1.0.0", "next"),
    new RangeError("Cannot compare versions: 'next' is not a version"),
  );
});
