import assert from "node:assert/strict";
import { guidBytes } from "./shell_link.ts";

Deno.test("guidBytes() has the first three groups low byte first", () => {
  assert.deepEqual(
    guidBytes("00021401-0203-0405-c000-000000000046"),
    new Uint8Array([0x01, 0x14, 0x02, 0, 0x03, 0x02, 0x05, 0x04, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]),
  );
});
