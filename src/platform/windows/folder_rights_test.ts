import assert from "node:assert/strict";
import { isOpenToMany } from "./folder_rights.ts";

const OWN = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)";

Deno.test("isOpenToMany() is false for a folder of the user, the administrators and the system", () => {
  assert.equal(isOpenToMany(OWN), false);
});

for (
  const [state, sddl] of [
    ["users may read", `${OWN}(A;OICI;0x1200a9;;;BU)`],
    ["authenticated users may change what is in it", "D:AI(A;ID;FA;;;BA)(A;OICIIOID;SDGXGWGR;;;AU)"],
    ["everyone may do all", "D:(A;;FA;;;WD)"],
    ["it has no list", "D:NO_ACCESS_CONTROL"],
  ] as const
) {
  Deno.test(`isOpenToMany() is true where ${state}`, () => assert.equal(isOpenToMany(sddl), true));
}

Deno.test("isOpenToMany() is false where many are denied", () => {
  assert.equal(isOpenToMany(`${OWN}(D;OICI;FA;;;WD)`), false);
});
