import assert from "node:assert/strict";
import { urlOf } from "./way.ts";

Deno.test("urlOf() has no path, and no usual port", () => {
  assert.equal(urlOf({ scheme: "https", hostname: "a.test", port: 443 }), "https://a.test/");
  assert.equal(urlOf({ scheme: "http", hostname: "fd00::1", port: 8080 }), "http://[fd00::1]:8080/");
});
