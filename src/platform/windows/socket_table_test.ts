import assert from "node:assert/strict";
import { parseExcludedRanges } from "./excluded_ports.ts";
import { parseOwnerTable } from "./socket_table.ts";

const PORT_8080 = [0x1f, 0x90, 0, 0];
const PROCESS_300 = [0x2c, 1, 0, 0];
const ZERO = [0, 0, 0, 0];
const LOOPBACK6 = [...Array(15).fill(0), 1];

Deno.test("parseOwnerTable() finds address, port and process in the rows of each table", () => {
  const tables = {
    tcp4: [[2, 0, 0, 0], [127, 0, 0, 1], PORT_8080, ZERO, ZERO, PROCESS_300],
    tcp6: [LOOPBACK6, ZERO, PORT_8080, Array(16).fill(0), ZERO, ZERO, [2, 0, 0, 0], PROCESS_300],
    udp4: [[127, 0, 0, 1], PORT_8080, PROCESS_300],
    udp6: [LOOPBACK6, ZERO, PORT_8080, PROCESS_300],
  } as const;
  for (const name of ["tcp4", "tcp6", "udp4", "udp6"] as const) {
    const row = tables[name].flat();
    const address = name.endsWith("4") ? "127.0.0.1" : "::1";
    const expected = { address, port: 8080, processId: 300 };
    assert.deepEqual(parseOwnerTable(Uint8Array.from([2, 0, 0, 0, ...row, ...row]), name), [
      expected,
      expected,
    ]);
  }
});

Deno.test("parseExcludedRanges() reads the numbers, whatever the language around them", () => {
  const text =
    "\r\nProtokoll tcp Portausschlussbereiche\r\n\r\nStartport    Endport\r\n----------    --------\r\n" +
    "      5357        5357\r\n     50000       50059     *\r\n\r\n* - Verwaltete Portausschlüsse.\r\n";
  assert.deepEqual(parseExcludedRanges(text), [{ first: 5357, last: 5357 }, { first: 50_000, last: 50_059 }]);
});
