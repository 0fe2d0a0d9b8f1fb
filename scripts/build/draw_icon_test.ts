import assert from "node:assert/strict";
import { drawIcon } from "./draw_icon.ts";

Deno.test("drawIcon() makes an icon of six sizes without gaps, the same each time", () => {
  const icon = drawIcon();
  const view = new DataView(icon.buffer);
  assert.deepEqual([view.getUint16(0, true), view.getUint16(2, true), view.getUint16(4, true)], [0, 1, 6]);
  const sizes: number[] = [];
  let place = 6 + 6 * 16;
  for (let entry = 6; entry < 6 + 6 * 16; entry += 16) {
    sizes.push(view.getUint8(entry));
    assert.equal(view.getUint32(entry + 12, true), place);
    place += view.getUint32(entry + 8, true);
  }
  assert.deepEqual(sizes, [16, 24, 32, 48, 64, 0]);
  assert.equal(place, icon.length);
  assert.deepEqual(drawIcon(), icon);
});
