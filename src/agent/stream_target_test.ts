import assert from "node:assert/strict";
import { parseStreamTarget } from "./stream_target.ts";

Deno.test("parseStreamTarget() knows the control stream, Docker's socket, TCP and UDP", () => {
  assert.deepEqual(parseStreamTarget("rpc"), { kind: "rpc" });
  assert.deepEqual(parseStreamTarget("unix:/run/docker.sock"), { kind: "docker" });
  assert.deepEqual(parseStreamTarget("tcp:127.0.0.1:8080"), {
    kind: "tcp",
    hostname: "127.0.0.1",
    port: 8080,
  });
  assert.deepEqual(parseStreamTarget("tcp:[::1]:80"), { kind: "tcp", hostname: "::1", port: 80 });
  assert.deepEqual(parseStreamTarget("tcp:localhost:65535"), {
    kind: "tcp",
    hostname: "localhost",
    port: 65535,
  });
  assert.deepEqual(parseStreamTarget("udp:[fd00::2]:53"), { kind: "udp", hostname: "fd00::2", port: 53 });
});

Deno.test("parseStreamTarget() says why it serves no other socket", () => {
  assert.equal(
    parseStreamTarget("unix:/run/docker/containerd/containerd.sock"),
    "the agent serves no socket '/run/docker/containerd/containerd.sock'",
  );
});

Deno.test("parseStreamTarget() refuses what is none of these", () => {
  for (
    const target of [
      "",
      "RPC",
      "tcp:1:2:3",
      "tcp::80",
      "tcp:host:0",
      "tcp:host:65536",
      "tcp:[::1:80",
      "udp:a:0",
      "sctp:a:1",
    ]
  ) {
    assert.equal(parseStreamTarget(target), `the agent knows no target '${target}'`);
  }
});
