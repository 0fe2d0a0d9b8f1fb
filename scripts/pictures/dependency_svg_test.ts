import { match, ok, strictEqual } from "node:assert/strict";
import { dependencySvg } from "./dependency_svg.ts";

Deno.test("dependencySvg() draws a box for each folder and an arrow for each import, in both colour schemes", () => {
  const picture = dependencySvg(new Map([["cli", ["host"]], ["host", []]]));
  strictEqual(picture.match(/<rect /g)?.length, 2);
  strictEqual(picture.match(/<title>cli imports host<\/title>/g)?.length, 1);
  match(picture, /prefers-color-scheme: dark/);
  ok(!picture.includes("closes a circle"));
});

Deno.test("dependencySvg() marks an import that closes a circle", () => {
  const picture = dependencySvg(new Map([["a", ["b"]], ["b", ["a"]]]));
  match(picture, /<path class="back"[^>]*><title>b imports a<\/title>/);
  match(picture, /A dashed red arrow closes a circle/);
});
