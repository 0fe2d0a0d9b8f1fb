import assert from "node:assert/strict";
import { ERROR_CODES } from "../../errors/error_codes.ts";
import { statusWarnings, WARNING_TABLE } from "./status_warnings.ts";

Deno.test("statusWarnings() keeps the first of each code, counts the others, and adds the row of each", () => {
  const busy = { code: "WL_SOCKET_BUSY", message: "one", remedy: "r" };
  const other = { code: "WL_INTERNAL", message: "two", remedy: "r" };
  assert.deepEqual(statusWarnings([busy, other, { ...busy, message: "three" }]), [
    { ...busy, message: "one (and 1 more like it)", ...WARNING_TABLE.WL_SOCKET_BUSY },
    {
      ...other,
      title: "Something failed",
      severity: "warning",
      dependsOn: "what it names; checked when Windlass starts",
    },
  ]);
  assert.deepEqual(statusWarnings([]), []);
});

Deno.test("WARNING_TABLE has codes of the list, and says for each when it is checked", () => {
  for (const [code, { title, dependsOn }] of Object.entries(WARNING_TABLE)) {
    assert.ok(code in ERROR_CODES, code);
    assert.match(title, /^[A-Z].*[^.]$/);
    assert.match(dependsOn, /; checked (when|every|at) /);
  }
});
