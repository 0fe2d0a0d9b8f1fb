import assert from "node:assert/strict";
import { eventually } from "../../tests/support/eventually.ts";
import { freeBytes } from "./free_bytes.ts";

Deno.test("freeBytes() returns how much fits on the disk of a folder, as the system does", async () => {
  const folder = await Deno.makeTempDir();
  const told = async () => {
    const { stdout } = await new Deno.Command("df", { args: ["-B1", "--output=avail", folder] }).output();
    return Number(new TextDecoder().decode(stdout).split("\n")[1]);
  };
  try {
    // Others write at the same time, some gigabytes while a busy machine starts a program.
    await eventually(async () => {
      const before = await told();
      const free = await freeBytes(folder);
      const after = await told();
      const isBetween = free !== undefined && free >= Math.min(before, after) &&
        free <= Math.max(before, after);
      assert.ok(isBetween, `${free}, not between ${before} and ${after}`);
    });
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("freeBytes() is undefined for a folder that does not exist", async () => {
  assert.equal(await freeBytes("/nowhere/at/all"), undefined);
});
