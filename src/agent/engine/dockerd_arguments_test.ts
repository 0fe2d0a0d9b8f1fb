import assert from "node:assert/strict";
import { networkAddresses } from "../network/network_addresses.ts";
import { proxyExceptions } from "./proxy_exceptions.ts";
import { dataFolder, dockerdArguments } from "./dockerd_arguments.ts";

const BASE = [
  ["--host", "unix:///run/windlass/dockerd.sock"],
  ["--data-root", "/mnt/wsl/windlass-data/docker"],
  ["--pidfile", "/run/docker.pid"],
  ["--exec-root", "/run/docker"],
  ["--userland-proxy-path", "/usr/lib/windlass/port-proxy"],
];

Deno.test("dockerdArguments() says everything when there is no configuration", () => {
  assert.deepEqual(dockerdArguments(""), BASE.flat());
});

Deno.test("dockerdArguments() leaves out what the configuration says", () => {
  const configuration = JSON.stringify({ "data-root": "/elsewhere", "exec-root": "/run/x", mtu: 1300 });
  assert.deepEqual(dockerdArguments(configuration, { mtu: 1400 }), [...BASE[0]!, ...BASE[2]!, ...BASE[4]!]);
});

Deno.test("dockerdArguments() adds what the agent found out", () => {
  assert.deepEqual(dockerdArguments("{}", { cgroupParent: "/a/docker", mtu: 1400 }).slice(-4), [
    "--cgroup-parent",
    "/a/docker",
    "--mtu",
    "1400",
  ]);
});

Deno.test("dockerdArguments() names the address of the user's machine, unless an option does", () => {
  const network = networkAddresses("10.0.0");
  assert.deepEqual(dockerdArguments("{}", { network }).slice(BASE.flat().length), [
    ...["--host-gateway-ip", "10.0.0.5", "--dns", "10.0.0.6"],
    ...["--swarm-default-advertise-addr", "eth0", "--insecure-registry", "10.0.0.5/32"],
    ...[
      "--http-proxy",
      "http://http.docker.internal:3128",
      "--https-proxy",
      "http://http.docker.internal:3128",
    ],
    ...["--no-proxy", proxyExceptions({}, network)],
  ]);
  const configured = JSON.stringify({ dns: ["9.9.9.9"], "insecure-registries": [], proxies: {} });
  assert.deepEqual(dockerdArguments(configured, { network }).slice(BASE.flat().length), [
    ...["--host-gateway-ip", "10.0.0.5", "--swarm-default-advertise-addr", "eth0"],
  ]);
  for (const key of ["host-gateway-ip", "host-gateway-ips"]) {
    const arguments_ = dockerdArguments(JSON.stringify({ [key]: ["192.168.7.7"] }), { network });
    assert.ok(!arguments_.includes("--host-gateway-ip"), key);
  }
});

Deno.test("dockerdArguments() leaves a broken configuration for dockerd to complain about", () => {
  for (const text of ["{", "null", "[]", "7"]) assert.deepEqual(dockerdArguments(text), BASE.flat());
});

Deno.test("dataFolder() is that of the data distro which belongs to an engine distro", () => {
  assert.equal(dataFolder(), "/mnt/wsl/windlass-data");
  assert.equal(dataFolder("windlass"), "/mnt/wsl/windlass-data");
  assert.equal(dataFolder("windlass-0123abcd"), "/mnt/wsl/windlass-0123abcd-data");
  assert.equal(dataFolder("windlass-b"), "/mnt/wsl/windlass-data");
  assert.equal(dataFolder("windlass-0123abcd-b"), "/mnt/wsl/windlass-0123abcd-data");
  assert.equal(dataFolder("Debian"), "/mnt/wsl/windlass-data");
});
