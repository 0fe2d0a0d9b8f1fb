import assert from "node:assert/strict";
import { plainList, quietList, verboseList } from "./list_layout.ts";

const DISTROS = [
  { name: "Ubuntu", state: "Running", version: 2, isDefault: true },
  { name: "my-engine-distro", state: "Uninstalling", version: 1, isDefault: false },
] as const;

Deno.test("verboseList() is as wide as the longest name and four", () => {
  assert.equal(
    verboseList(DISTROS),
    "  NAME                STATE           VERSION\n" +
      "* Ubuntu              Running         2\n" +
      "  my-engine-distro    Uninstalling    1\n",
  );
});

Deno.test("verboseList() never is narrower than its header", () => {
  assert.equal(
    verboseList([{ name: "x", state: "Stopped", version: 2, isDefault: false }]),
    "  NAME    STATE           VERSION\n  x       Stopped         2\n",
  );
});

Deno.test("quietList() has names only", () => {
  assert.equal(quietList(DISTROS), "Ubuntu\nmy-engine-distro\n");
  assert.equal(quietList([]), "");
});

Deno.test("plainList() marks the default", () => {
  assert.equal(
    plainList(DISTROS),
    "Windows Subsystem for Linux Distributions:\nUbuntu (Default)\nmy-engine-distro\n",
  );
});
