import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { findRole } from "../support/instance_processes.ts";
import { compilePortService, freePorts } from "../support/port_lab.ts";
import { REPOSITORY } from "../support/repository.ts";
import { runChecked } from "../support/run_command.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import type { BenchEngines } from "./bench_engines.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

/** Clients at a time that ask for something small, and for something large. */
const CLIENTS = { small: 8, large: 2 };

/** One way to the same port of the same container. */
interface Way {
  readonly address: string;
  readonly port: number;
  /** What the load is started with, so that it runs where this way begins. */
  readonly prefix: readonly string[];
}

type WayName = "windlass" | "direct" | "socat";

/**
 * HTTP through a published port; against the container's own port from inside the engine's network, and against a
 * socat there, which forwards to it and crosses no border between machine and engine.
 */
export async function measurePorts(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const { windlass, windlassDocker: docker, folder } = engines;
  const service = await compilePortService(folder);
  const load = join(folder, "port-load");
  const source = join(REPOSITORY, "tests/bench/port_load.c");
  await runChecked(["gcc", "-static", "-O2", "-D_GNU_SOURCE", "-pthread", "-o", load, source]);
  const port = freePorts();
  const run = [
    "run",
    "-d",
    "--rm",
    "--name",
    "port-service",
    "-v",
    `${service}:/service`,
    "-p",
    `${port}:80`,
  ];
  await docker.run([...run, TEST_IMAGE, "/service", "http:80"]);
  const container = await docker.run(["inspect", "-f", "{{.NetworkSettings.IPAddress}}", "port-service"]);
  const inside = ["nsenter", `--net=/proc/${(await findRole(windlass, "agent")).pid}/ns/net`];
  const socatPort = freePorts();
  await using _socat = startSocat(
    [...inside],
    `TCP-LISTEN:${socatPort},fork,reuseaddr,backlog=128`,
    `TCP:${container}:80`,
  );
  const ways: Record<WayName, Way> = {
    windlass: { address: "127.0.0.1", port, prefix: [] },
    direct: { address: container, port: 80, prefix: inside },
    socat: { address: "127.0.0.1", port: socatPort, prefix: inside },
  };
  try {
    return await measureAll(load, ways, quick);
  } finally {
    await docker.attempt(["rm", "--force", "port-service"]);
  }
}

async function measureAll(
  load: string,
  ways: Readonly<Record<WayName, Way>>,
  quick: boolean,
): Promise<Measurement[]> {
  const seconds = quick ? "1" : "3";
  const bytes = quick ? "200000000" : "500000000";
  const lines = [
    { name: "port: requests, kept connections", unit: "1/s", load: ["keep", String(CLIENTS.small), seconds] },
    { name: "port: requests, new connections", unit: "1/s", load: ["new", String(CLIENTS.small), seconds] },
    { name: "port: download", unit: "MB/s", load: ["down", String(CLIENTS.large), bytes] },
    { name: "port: upload", unit: "MB/s", load: ["up", String(CLIENTS.large), bytes] },
  ] as const;
  const results: Measurement[] = [];
  for (const line of lines) {
    const figures: Record<WayName, number[]> = { windlass: [], direct: [], socat: [] };
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      for (const [name, { address, port, prefix }] of Object.entries(ways)) {
        const argv = [...prefix, load, address, String(port), ...line.load];
        const { stdout } = await eventually(() => runChecked(argv), 2_000);
        figures[name as WayName].push(Number(stdout));
      }
    }
    const { name, unit } = line;
    const value = median(figures.windlass);
    results.push({ name, unit, value, baseline: { name: "direct", value: median(figures.direct) } });
    const baseline = { name: "socat", value: median(figures.socat) };
    results.push({ name, unit, value, baseline, target: { kind: "atLeastTimes", factor: 1 } });
  }
  return results;
}

function startSocat(prefix: readonly string[], ...addresses: readonly string[]): AsyncDisposable {
  const [program, ...args] = [...prefix, "socat", ...addresses];
  const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
    },
  };
}
