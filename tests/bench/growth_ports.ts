import { eventually, pause } from "../support/eventually.ts";
import { freePorts } from "../support/free_ports.ts";
import { processesOfInstance } from "../support/process_tree.ts";
import { type CostAtSize, growthLines, sizeLines } from "./growth_line.ts";
import { type GrowthLab, privateMegabytes } from "./growth_lab.ts";
import type { Measurement } from "./measurement.ts";

const ROUNDS = 5;
/** Ports of one container. */
const RANGE = 100;
/** How long the machine is left alone to see what the open ports cost meanwhile. */
const QUIET_MILLISECONDS = 2_000;

/** What published ports cost us. */
export async function measurePortGrowth(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  const sizes = quick ? [1, 10, 100] : [1, 10, 100, 1_000];
  const published: CostAtSize[] = [];
  const oneMore: CostAtSize[] = [];
  const quiet: CostAtSize[] = [];
  const listed: CostAtSize[] = [];
  const memory: CostAtSize[] = [];
  const ids: string[] = [];
  const first = freePorts(sizes.at(-1)! + 1);
  let open = 0;
  for (const size of sizes) {
    const more = size - open;
    const rounds = [
      await lab.cost(async () => {
        for (; open < size; open += Math.min(RANGE, size - open)) {
          ids.push(await publish(lab, first + open, Math.min(RANGE, size - open)));
        }
      }),
    ];
    published.push({ size: more, rounds });
    const extra = first + sizes.at(-1)!;
    oneMore.push({
      size,
      rounds: await lab.costs(ROUNDS, async () => await remove(lab, [await publish(lab, extra, 1)])),
    });
    quiet.push({ size, rounds: await lab.costs(ROUNDS, () => pause(QUIET_MILLISECONDS)) });
    listed.push({ size, rounds: await lab.costs(ROUNDS, () => lab.windlass.run(["ports", "--json"])) });
    memory.push({ size, rounds: [lab.memory()] });
  }
  const proxies = (await processesOfInstance(lab.windlass.home)).filter(({ name }) => name === "port-proxy");
  const proxyMemory = proxies.map(({ pid }) => privateMegabytes(pid)).reduce((sum, each) => sum + each, 0);
  const closed = await lab.cost(async () => {
    await remove(lab, ids);
    await eventually(async () => {
      const { ports } = JSON.parse(await lab.windlass.run(["ports", "--json"]));
      if (ports.length > 0) throw new Error(`${ports.length} ports are still open`);
    }, 60_000);
  });
  const line = { items: "ports", unit: "µs" } as const;
  return [
    ...growthLines({ ...line, name: "publish", isPerItem: true }, published),
    ...growthLines({ ...line, name: "start and remove one more", isPerItem: false }, oneMore),
    ...growthLines({ ...line, name: "two quiet seconds", isPerItem: true }, quiet),
    ...growthLines({ ...line, name: "windlass ports", isPerItem: true }, listed),
    ...sizeLines({ ...line, unit: "MB", name: "memory of host and agent", isPerItem: false }, memory),
    { name: "memory of a port-proxy", unit: "MB", rounds: [proxyMemory / proxies.length] },
    { name: "close: all ports, each", unit: "µs", rounds: [closed / open] },
  ];
}

async function publish(lab: GrowthLab, first: number, count: number): Promise<string> {
  const ports = Array.from({ length: count }, (_, index) => `${first + index}`);
  const bindings = ports.map((port) => [`${port}/tcp`, [{ HostIp: "127.0.0.1", HostPort: port }]] as const);
  const [id] = await lab.create(1, () => ({
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: { PortBindings: Object.fromEntries(bindings) },
  }));
  await lab.request("POST", `/containers/${id}/start`);
  return id!;
}

async function remove(lab: GrowthLab, ids: readonly string[]): Promise<void> {
  for (const id of ids) await lab.request("DELETE", `/containers/${id}?force=1`);
}
