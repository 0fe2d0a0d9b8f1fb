import assert from "node:assert/strict";
import { sizeTable } from "./size_table.ts";

const PART = { id: "", storedDigest: "", offset: 0, stored: false, unpack: false, executable: false };

Deno.test("sizeTable() lists the components and their sum in megabytes", () => {
  const table = sizeTable([
    { ...PART, name: "deno", rawLength: 95_582_008, storedLength: 39_930_000 },
    { ...PART, name: "app", rawLength: 1_000_000, storedLength: 200_000 },
    { ...PART, name: "app.start-fiw4ugem.js", rawLength: 250_000, storedLength: 40_000 },
    { ...PART, name: "data-rootfs", rawLength: 2_220_000, storedLength: 1_130_000 },
  ]);
  assert.equal(
    table,
    [
      "component        raw MB  stored MB",
      "deno              95.58      39.93",
      "app                1.25       0.24",
      "data-rootfs        2.22       1.13",
      "executable        99.05      41.30",
    ].join("\n"),
  );
});
