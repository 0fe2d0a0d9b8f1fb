import assert from "node:assert/strict";
import { portsInTable } from "./taken_ports.ts";

const TABLE =
  `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:8001 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 30587 1 0 100 0 0 10 0
   1: 0100007F:8002 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 30588 1 0 20 4 30 10 -1
12345: 0100007F:8003 0100007F:0050 06 00000000:00000000 03:000016E6 00000000     0        0 0 3 0
   3: 00000000000000000000000000000000:8004 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000
   4: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 30589 1 0 100 0 0 10 0
`;

Deno.test("portsInTable() finds listeners and connections of a range, but no closed ones that rest", () => {
  assert.deepEqual(portsInTable(TABLE, { first: 0x8000, last: 0x8fff }), [0x8001, 0x8002, 0x8004]);
  assert.deepEqual(portsInTable("", { first: 1, last: 65_535 }), []);
});
