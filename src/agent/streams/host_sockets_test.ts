import assert from "node:assert/strict";
import { groupId } from "./host_sockets.ts";

Deno.test("groupId() finds a group's number, and nothing where there is none", () => {
  const text = "root:x:0:\ndocker-users:x:7:\ndocker:x:102:me,you\nodd:x::\n";
  assert.equal(groupId(text, "docker"), 102);
  assert.equal(groupId(text, "root"), 0);
  for (const name of ["users", "odd", "", "dock"]) assert.equal(groupId(text, name), undefined, name);
});
