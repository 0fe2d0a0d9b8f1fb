import { eventually } from "../support/eventually.ts";
import { compiledProgram } from "../support/compile_once.ts";
import { freePorts } from "../support/free_ports.ts";
import { compiledPortService } from "../support/port_lab.ts";
import { runChecked } from "../support/run_command.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import type { BenchEngines } from "./bench_engines.ts";
import { cpuUse, engineProcesses, type Metered, metered } from "./cpu_time.ts";
import type { CpuUse, Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";

const SERVICE = "port-service";
/** Clients at a time that ask for something small, and for something large. */
const CLIENTS = { small: 8, large: 2 };
/** What a port has to reach of a chain of copiers for each connection. */
const CHAIN_FACTOR = 0.8;

/** One line: the words for `port_load.c` after address and port. */
interface Line {
  readonly name: string;
  readonly unit: "1/s" | "MB/s";
  readonly connections: number;
  readonly words: readonly string[];
  readonly per: CpuUse["per"];
  /** Units of work in a run, from the value that it printed. */
  readonly work: (value: number) => number;
}

/** A published port with everything around it. */
interface PortBench extends AsyncDisposable {
  readonly load: string;
  /** The address of the container. */
  readonly container: string;
  readonly port: number;
}

/**
 * HTTP through a published port, against a chain of copiers from the machine to the container for each connection.
 * New connections, which such chains cannot carry, are compared with a socat inside of the engine's network: it crosses
 * no border, and forks for each.
 */
export async function measurePorts(engines: BenchEngines, quick: boolean): Promise<Measurement[]> {
  const seconds = quick ? 1 : 2;
  const bytes = quick ? 100_000_000 : 300_000_000;
  await using bench = await openPortBench(engines);
  const requests = (mode: string, name: string, per: CpuUse["per"]): Line => ({
    name: `port: ${name}`,
    unit: "1/s",
    connections: CLIENTS.small,
    words: [mode, `${CLIENTS.small}`, `${seconds}`],
    per,
    work: (value) => value * seconds,
  });
  const transfer = (mode: string, name: string): Line => ({
    name: `port: ${name}`,
    unit: "MB/s",
    connections: CLIENTS.large,
    words: [mode, `${CLIENTS.large}`, `${bytes}`],
    per: "GB",
    work: () => CLIENTS.large * bytes / 1e9,
  });
  return [
    await compareWithChain(
      engines,
      bench,
      requests("keep", "requests, 8 kept connections", "request"),
      quick,
    ),
    await compareWithChain(engines, bench, transfer("down", "download, 2 connections"), quick),
    await compareWithChain(engines, bench, transfer("up", "upload, 2 connections"), quick),
    await compareWithSocat(
      engines,
      bench,
      requests("new", "requests, each on a new connection", "connection"),
      quick,
    ),
  ];
}

async function compareWithChain(
  { windlass, copier }: BenchEngines,
  { load, container, port }: PortBench,
  line: Line,
  quick: boolean,
): Promise<Measurement> {
  const processes = await engineProcesses(windlass);
  const samples = await alternate(roundCount(quick), {
    windlass: () => metered(processes, () => runLoad([load], "127.0.0.1", port, line)),
    chain: async () => {
      await using chain = await copier.openPort(container, 80, line.connections);
      return await chain.metered(() => runLoad([load], "127.0.0.1", chain.port, line));
    },
  });
  return {
    name: line.name,
    unit: line.unit,
    rounds: valuesOf(samples.windlass),
    baseline: {
      name: "copier chain",
      rounds: valuesOf(samples.chain),
      cpu: cpuUse(line.per, samples.chain, line.work),
    },
    target: { kind: "atLeastTimes", factor: CHAIN_FACTOR },
    cpu: cpuUse(line.per, samples.windlass, line.work),
  };
}

async function compareWithSocat(
  { windlass }: BenchEngines,
  { load, container, port }: PortBench,
  line: Line,
  quick: boolean,
): Promise<Measurement> {
  const processes = await engineProcesses(windlass);
  const inside = ["nsenter", `--net=/proc/${processes["agent"]}/ns/net`];
  const socatPort = freePorts();
  await using _socat = await startSocat(inside, socatPort, `TCP:${container}:80`);
  const samples = await alternate(roundCount(quick), {
    windlass: () => metered(processes, () => runLoad([load], "127.0.0.1", port, line)),
    socat: () => metered({}, () => runLoad([...inside, load], "127.0.0.1", socatPort, line)),
  });
  return {
    name: line.name,
    unit: line.unit,
    rounds: valuesOf(samples.windlass),
    baseline: { name: "socat", rounds: valuesOf(samples.socat) },
    target: { kind: "atLeastTimes", factor: 1 },
    cpu: cpuUse(line.per, samples.windlass, line.work),
  };
}

function valuesOf(samples: readonly Metered<number>[]): number[] {
  return samples.map(({ value }) => value);
}

async function runLoad(
  program: readonly string[],
  address: string,
  port: number,
  { words }: Line,
): Promise<number> {
  return Number((await runChecked([...program, address, `${port}`, ...words])).stdout);
}

async function openPortBench({ windlassDocker: docker }: BenchEngines): Promise<PortBench> {
  const service = await compiledPortService();
  const load = await compiledProgram("tests/bench/port_load.c", "-static", "-D_GNU_SOURCE", "-pthread");
  const port = freePorts();
  await using owned = new AsyncDisposableStack();
  owned.defer(async () => {
    await docker.attempt(["rm", "--force", SERVICE]);
  });
  const publish = ["-v", `${service}:/service`, "-p", `${port}:80`];
  await docker.run(["run", "-d", "--name", SERVICE, ...publish, TEST_IMAGE, "/service", "http:80"]);
  const container = await docker.run(["inspect", "-f", "{{.NetworkSettings.IPAddress}}", SERVICE]);
  // The container runs before its server listens.
  await eventually(() => runChecked([load, "127.0.0.1", `${port}`, "new", "1", "0.01"]));
  const stack = owned.move();
  return { load, container, port, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function startSocat(prefix: readonly string[], port: number, target: string): Promise<AsyncDisposable> {
  const [program, ...args] = [...prefix, "socat", `TCP-LISTEN:${port},fork,reuseaddr,backlog=128`, target];
  const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  await using owned = new AsyncDisposableStack();
  owned.defer(async () => {
    child.kill();
    await child.status;
  });
  const connect = [...prefix, "socat", "-u", "/dev/null", `TCP:127.0.0.1:${port}`];
  await eventually(() => runChecked(connect));
  const stack = owned.move();
  return { [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
