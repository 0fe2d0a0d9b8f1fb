import assert from "node:assert/strict";
import {
  type EngineTarget,
  formatTarget,
  type HostTarget,
  parseEngineTarget,
  parseHostTarget,
} from "./stream_target.ts";

Deno.test("parseEngineTarget() knows the control stream, Docker's socket, TCP and UDP", () => {
  assert.deepEqual(parseEngineTarget("rpc"), { kind: "rpc" });
  assert.deepEqual(parseEngineTarget("unix:/run/docker.sock"), { kind: "docker" });
  assert.deepEqual(parseEngineTarget("tcp:127.0.0.1:8080"), {
    kind: "tcp",
    hostname: "127.0.0.1",
    port: 8080,
  });
  assert.deepEqual(parseEngineTarget("tcp:[::1]:80"), { kind: "tcp", hostname: "::1", port: 80 });
  assert.deepEqual(parseEngineTarget("tcp:localhost:65535"), {
    kind: "tcp",
    hostname: "localhost",
    port: 65535,
  });
  assert.deepEqual(parseEngineTarget("udp:[fd00::2]:53"), { kind: "udp", hostname: "fd00::2", port: 53 });
});

Deno.test("parseEngineTarget() says why it serves no other socket", () => {
  assert.equal(
    parseEngineTarget("unix:/run/docker/containerd/containerd.sock"),
    "the agent does not serve the socket '/run/docker/containerd/containerd.sock'",
  );
});

Deno.test("parseEngineTarget() refuses anything else", () => {
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
    assert.equal(parseEngineTarget(target), `the agent does not know the target '${target}'`);
  }
});

const ENGINE_TARGETS: readonly (readonly [string, EngineTarget])[] = [
  ["rpc", { kind: "rpc" }],
  ["unix:/run/docker.sock", { kind: "docker" }],
  ["tcp:172.17.0.2:80", { kind: "tcp", hostname: "172.17.0.2", port: 80 }],
  ["udp:[fd00::2]:53", { kind: "udp", hostname: "fd00::2", port: 53 }],
];
const HOST_TARGETS: readonly (readonly [string, HostTarget])[] = [
  ["port", { kind: "port" }],
  ["listeners", { kind: "listeners" }],
  ["client", { kind: "client" }],
  ["host:5432", { kind: "host", port: 5432 }],
  ["proxy:engine", { kind: "proxy", client: "engine" }],
  ["proxy:172.17.0.5", { kind: "proxy", client: "172.17.0.5" }],
  ["proxy:fd00::2", { kind: "proxy", client: "fd00::2" }],
  ["root:Ubuntu-24.04", { kind: "root", workspace: "Ubuntu-24.04" }],
  ["root:a%20b", { kind: "root", workspace: "a b" }],
];

Deno.test("formatTarget() writes what the other end parses", () => {
  for (const [text, target] of ENGINE_TARGETS) {
    assert.equal(formatTarget(target), text);
    assert.deepEqual(parseEngineTarget(text), target);
  }
  for (const [text, target] of HOST_TARGETS) {
    assert.equal(formatTarget(target), text);
    assert.deepEqual(parseHostTarget(text), target);
  }
});

Deno.test("parseHostTarget() accepts port numbers only", () => {
  for (const port of ["", "0", "65536", "80/tcp", "../1", "80:1"]) {
    assert.equal(parseHostTarget(`host:${port}`), `'${port}' is not a port`);
  }
});

Deno.test("parseHostTarget() accepts the engine and addresses as clients of the proxy only", () => {
  for (const client of ["", "Engine", "a.example", "172.17.0", "172.17.0.5:80", "fd00::zz", "engine "]) {
    assert.equal(parseHostTarget(`proxy:${client}`), `'${client}' is not a client of the network proxy`);
  }
});

Deno.test("parseHostTarget() accepts names of workspaces only", () => {
  for (const name of ["", "..", "a%2Fb", "%", "a:b"]) {
    assert.equal(parseHostTarget(`root:${name}`), `'${name}' is not the name of a workspace`);
  }
});

Deno.test("parseHostTarget() refuses what the host opens, and unknown targets", () => {
  for (const target of ["", "PORT", "rpc", "unix:/run/docker.sock", "tcp:172.17.0.2:80"]) {
    assert.equal(parseHostTarget(target), `the host does not serve '${target}'`);
  }
});
