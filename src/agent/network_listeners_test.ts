import assert from "node:assert/strict";
import { listenersOf } from "./network_listeners.ts";
import { parseNameServers } from "./name_server.ts";

Deno.test("listenersOf() takes what is reached at localhost, and no UDP port that the system has chosen", () => {
  const socket = (address: string, port: number, isOpenToAll = true) => ({
    ...{ address, port, isOpenToAll, userId: 0, inode: 1 },
  });
  const sockets = [
    socket("0.0.0.0", 80),
    socket("127.0.0.1", 40_000),
    socket("::", 53),
    socket("172.17.0.1", 81),
    socket("127.0.0.1", 82, false),
    socket("::", 7946),
  ];
  const found = (protocol: "tcp" | "udp") =>
    listenersOf(protocol, sockets, 32_768).map(({ address, port }) => `${address} ${port}`);
  assert.deepEqual(found("tcp"), [":: 53", "0.0.0.0 80", "127.0.0.1 40000"]);
  assert.deepEqual(found("udp"), [":: 53", "0.0.0.0 80"]);
});

Deno.test("parseNameServers() reads the nameserver lines", () => {
  const text =
    "# nameserver 1.1.1.1\nnameserver 10.255.255.254\nsearch lan\n  nameserver\tfd00::1 # one\nnameservers x\n";
  assert.deepEqual(parseNameServers(text), ["10.255.255.254", "fd00::1"]);
});
