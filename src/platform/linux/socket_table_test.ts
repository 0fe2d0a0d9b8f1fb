import assert from "node:assert/strict";
import { parseSocketTable } from "./socket_table.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const REST = "00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0";

Deno.test("parseSocketTable() reads addresses, ports, owners and who may connect", () => {
  const text = `${HEAD}` +
    `   0: 0100007F:1F90 00000000:0000 0A ${REST}\n` +
    `   1: 0100007F:1F90 0200007F:0050 01 ${REST}\n` +
    `   2: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 ${REST}\n` +
    `   3: 0000000000000000FFFF00000100007F:0035 00000000000000000000000000000000:0000 0A ${REST}\n` +
    `   4: B80D0120000000000000000001000000:0035 00000000000000000000000000000000:0000 0A ${REST}\nnonsense\n`;
  const common = { userId: 1000, inode: 4711 };
  assert.deepEqual(parseSocketTable(text), [
    { address: "127.0.0.1", port: 8080, isOpenToAll: true, ...common },
    { address: "127.0.0.1", port: 8080, isOpenToAll: false, ...common },
    { address: "::1", port: 53, isOpenToAll: true, ...common },
    { address: "::ffff:127.0.0.1", port: 53, isOpenToAll: true, ...common },
    { address: "2001:db8:0:0:0:0:0:1", port: 53, isOpenToAll: true, ...common },
  ]);
});
