import assert from "node:assert/strict";
import { allowsPort, parsePortList } from "./port_list.ts";

Deno.test("parsePortList() reads ports and ranges, and says what is neither", () => {
  assert.deepEqual(parsePortList("80, 5432,8000-8100"), [
    { first: 80, last: 80 },
    { first: 5432, last: 5432 },
    { first: 8000, last: 8100 },
  ]);
  for (const word of ["", "0", "65536", "80-", "-80", "90-80", "80/tcp", "1-65536", "some"]) {
    assert.equal(parsePortList(`80,${word}`), `'${word}' is neither a port nor a range such as '8000-8100'`);
  }
  assert.equal(parsePortList("1,".repeat(300)), "there are more than 256 ports or ranges");
});

Deno.test("allowsPort() follows 'all', 'none' and lists", () => {
  assert.ok(allowsPort("all", 5432) && !allowsPort("none", 5432));
  for (
    const [port, allowed] of [[5431, false], [5432, true], [8000, true], [8100, true], [8101, false]] as const
  ) {
    assert.equal(allowsPort("5432,8000-8100", port), allowed, `${port}`);
  }
});
