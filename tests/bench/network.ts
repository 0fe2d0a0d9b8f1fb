/** What the way through the host's proxy costs: a large pull, a download of a container, and tunnels that are at rest. */
import {
  ADDRESSES,
  type CompanyNetwork,
  openCompanyNetwork,
} from "../support/company_network/company_network.ts";
import { openAuthority } from "../support/company_network/authority.ts";
import { openRegistry } from "../support/company_network/registry.ts";
import {
  pushBusybox,
  pushRandomImage,
  type RandomLayers,
} from "../support/company_network/registry_images.ts";
import type { DockerClient } from "../support/docker_client.ts";
import { eventually, pause } from "../support/eventually.ts";
import { findRole, type Role } from "../support/instance_processes.ts";
import { PROXY_URL } from "../../src/agent/protocol/network_names.ts";
import type { StartedWindlass } from "../support/windlass_instance.ts";
import { cpuUse, engineProcesses, metered } from "./cpu_time.ts";
import type { Measurement } from "./measurement.ts";
import { memoryOf } from "./process_memory.ts";
import { alternate, roundCount } from "./rounds.ts";

/** 1 GB in all, as an image of several layers that are fetched at the same time. */
const LAYERS: Readonly<Record<"full" | "quick", RandomLayers>> = {
  full: { count: 4, megabytes: 250 },
  quick: { count: 4, megabytes: 25 },
};
/** What a pull through the host has to reach of one that goes straight from the engine to the registry. */
const PULL_FACTOR = 0.8;
/** Of one pull, written and unpacked. */
const PULL_MILLISECONDS = 600_000;
/** The registry under a name, for the proxy, and by its address, to which dockerd connects by itself. */
const THROUGH_HOST = "registry.internet.test/large:1";
const STRAIGHT = `${ADDRESSES.outside}/large:1`;

/** Tunnels at rest: as many as the host has room for, from containers that have room for 40 each. */
const TUNNELS = { containers: 25, each: 40 };
/** Memory has settled this long after the last tunnel was opened. */
const REST_MILLISECONDS = 10_000;
const WATCHED: readonly Role[] = ["host", "agent"];

/** Measures both on one instance, whose machine reaches the registry without any proxy of a company. */
export async function measureNetwork(quick: boolean): Promise<Measurement[]> {
  await using company = await openCompanyNetwork();
  await company.moveTo("anywhere");
  await using authority = await openAuthority();
  await company.machine.trust(authority.root, authority.intermediate);
  const tls = await authority.issue("registry.internet.test", ADDRESSES.outside);
  const onInternet = { machine: company.servers, address: ADDRESSES.outside };
  await using registry = await openRegistry({ ...onInternet, port: 443, tls });
  const size = quick ? LAYERS.quick : LAYERS.full;
  await pushRandomImage(registry, size, { name: "large:1", machine: company.servers });
  await pushBusybox(registry, { name: "busybox:1", machine: company.servers });

  await using windlass = await company.startWindlass();
  const proxies = { "http-proxy": PROXY_URL, "https-proxy": PROXY_URL, "no-proxy": ADDRESSES.outside };
  await windlass.run(["settings", "set", "engine.daemonOptions", JSON.stringify({ proxies })]);
  await windlass.run(["restart"]);
  await using docker = await company.openDockerClient(windlass.dockerHost);
  return [
    await measurePull(windlass, docker, size, quick),
    ...await measureTunnels(company, windlass, docker),
  ];
}

async function measurePull(
  windlass: StartedWindlass,
  docker: DockerClient,
  { count, megabytes }: RandomLayers,
  quick: boolean,
): Promise<Measurement> {
  const processes = await engineProcesses(windlass);
  const pull = async (image: string) => {
    const begun = performance.now();
    await docker.run(["pull", "--quiet", image], { deadlineMilliseconds: PULL_MILLISECONDS });
    const seconds = (performance.now() - begun) / 1_000;
    await docker.run(["rmi", "--force", image]);
    return count * megabytes / seconds;
  };
  const samples = await alternate(roundCount(quick), {
    windlass: () => metered(processes, () => pull(THROUGH_HOST)),
    straight: () => metered(processes, () => pull(STRAIGHT)),
  });
  const values = (name: keyof typeof samples) => samples[name].map(({ value }) => value);
  const work = () => count * megabytes / 1_000;
  return {
    name: `pull of ${count * megabytes} MB through the host`,
    unit: "MB/s",
    rounds: values("windlass"),
    baseline: { name: "from the engine itself", rounds: values("straight") },
    target: { kind: "atLeastTimes", factor: PULL_FACTOR },
    cpu: cpuUse("GB", samples.windlass, work),
  };
}

async function measureTunnels(
  company: CompanyNetwork,
  windlass: StartedWindlass,
  docker: DockerClient,
): Promise<Measurement[]> {
  const image = "registry.internet.test/busybox:1";
  await docker.run(["pull", "--quiet", image]);
  // The containers run before anything is measured, and open their tunnels when the file appears.
  const open = "printf 'CONNECT registry.internet.test:443 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'; sleep 100000";
  const line = `until [ -e /open ]; do sleep 0.1; done
for tunnel in $(seq ${TUNNELS.each}); do { ${open}; } | nc http.docker.internal 3128 >/dev/null & done; wait`;
  const names = Array.from({ length: TUNNELS.containers }, (_, index) => `tunnels-${index}`);
  for (const name of names) {
    await docker.run(["run", "-d", "--init", "--name", name, image, "sh", "-c", line]);
  }
  await pause(REST_MILLISECONDS);
  const before = await residents(windlass);
  for (const name of names) await docker.run(["exec", name, "touch", "/open"]);
  const total = TUNNELS.containers * TUNNELS.each;
  await eventually(async () => {
    const list = ["ss", "-Htn", "state", "established", "sport", "=", ":443"];
    const { stdout } = await company.servers.run(list);
    const count = stdout.split("\n").filter((each) => each !== "").length;
    if (count < total) throw new Error(`Cannot measure tunnels: ${count} of ${total} are open`);
  });
  await pause(REST_MILLISECONDS);
  const after = await residents(windlass);
  await docker.run(["rm", "--force", ...names]);
  return WATCHED.flatMap((role, index) => [
    { name: `no tunnel: ${role}, resident`, unit: "MB", rounds: [before[index]!] },
    { name: `${total} tunnels at rest: ${role}, resident`, unit: "MB", rounds: [after[index]!] },
  ]);
}

async function residents(windlass: StartedWindlass): Promise<number[]> {
  return await Promise.all(
    WATCHED.map(async (role) => (await memoryOf([(await findRole(windlass, role)).pid])).resident),
  );
}
