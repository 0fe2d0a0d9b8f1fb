import assert from "node:assert/strict";
import { freeBytes } from "./free_bytes.ts";

Deno.test("freeBytes() returns how much fits on the disk of a folder, as the system does", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const free = await freeBytes(folder);
    const { stdout } = await new Deno.Command("df", { args: ["-B1", "--output=avail", folder] }).output();
    const told = Number(new TextDecoder().decode(stdout).split("\n")[1]);
    // Others write at the same time.
    assert.ok(free !== undefined && Math.abs(free - told) < 2 ** 30, `${free} and ${told}`);
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("freeBytes() is undefined for a folder that does not exist", async () => {
  assert.equal(await freeBytes("/nowhere/at/all"), undefined);
});
