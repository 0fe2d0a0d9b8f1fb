import assert from "node:assert/strict";
import { listenersOf } from "./scan_listeners.ts";

Deno.test("listenersOf() takes what is reached at localhost, and no UDP port that the system has chosen", () => {
  const socket = (address: string, port: number) => ({ address, port });
  const sockets = [
    socket("0.0.0.0", 80),
    socket("127.0.0.1", 40_000),
    socket("::", 53),
    socket("172.17.0.1", 81),
    socket("::", 7946),
  ];
  const found = (protocol: "tcp" | "udp") =>
    listenersOf(protocol, sockets, 32_768).map(({ address, port }) => `${address} ${port}`);
  assert.deepEqual(found("tcp"), [":: 53", "0.0.0.0 80", "127.0.0.1 40000"]);
  assert.deepEqual(found("udp"), [":: 53", "0.0.0.0 80"]);
});
