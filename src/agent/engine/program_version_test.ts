import assert from "node:assert/strict";
import { versionIn } from "./program_version.ts";

for (
  const [output, version] of [
    ["Docker version 28.5.2+dfsg4, build 3ef3c07c883be49a2e8097bcf6d2952fce1d70eb\n", "28.5.2+dfsg4"],
    ["containerd github.com/containerd/containerd 2.1.9+unknown \n", "2.1.9+unknown"],
    [
      "containerd github.com/containerd/containerd/v2 v2.1.5 fcd43222d6b07379a4be9786bda52438f0dd16a1\n",
      "2.1.5",
    ],
    [
      "containerd-shim-runc-v2:\n  Version:  2.1.9+unknown\n  Revision: \n  Go version: go1.27.1\n",
      "2.1.9+unknown",
    ],
    ["runc version 1.3.6+ds1\ncommit: 1.3.6+ds1-1\nspec: 1.2.1\n", "1.3.6+ds1"],
    ["Docker Compose version v2.40.3\n", "2.40.3"],
    ["usage: dockerd [OPTIONS]\n", undefined],
  ] as const
) {
  Deno.test(`versionIn() finds ${version} in what a program prints about itself`, () => {
    assert.equal(versionIn(output), version);
  });
}
