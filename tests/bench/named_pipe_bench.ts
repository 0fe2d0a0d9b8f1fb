import { join } from "node:path";
import { REPOSITORY } from "../support/repository.ts";
import { openPlainClient } from "../windows/clients/open_clients.ts";
import { openWindowsMachine } from "../windows/support/windows_machine.ts";
import type { Wine } from "../windows/support/wine.ts";
import { WSL_FOLDER } from "../windows/wsl_stub/install_wsl.ts";
import type { Measurement } from "./measurement.ts";
import { importPeerDistro } from "./named_pipe_distro.ts";
import { median, percentile } from "./statistics.ts";

const DISTRO = "bench";
/** What the relay has to reach of what a bare pipe and a bare link allow together. */
const SHARE = 0.7;
/** The same for times. */
const TIMES = 1.43;
const START_MILLISECONDS = 60_000;

type Pipe = "bare" | "chain" | "relay";

interface Samples {
  readonly trips: number[];
  readonly connections: number[];
  readonly down: number[];
  readonly up: number[];
}

/**
 * The relay on a named pipe, over the mux and the stub `wsl.exe`, beside a pipe that answers by itself (`bare`) and one
 * whose bytes are copied to the stub without relay or mux (`chain`): what pipe and link allow together.
 */
export async function measureNamedPipe(quick: boolean): Promise<Measurement[]> {
  await using machine = await openWindowsMachine();
  const { wine } = machine;
  const peer = await importPeerDistro(wine, DISTRO);
  const client = wine.toWindows(await openPlainClient());
  const host = wine.denoScript(join(REPOSITORY, "tests/bench/named_pipe_host.ts"), [
    `${WSL_FOLDER}wsl.exe`,
    DISTRO,
    ...peer,
  ]);
  await using running = wine.start(host);
  const [line] = await running.waitFor(/^\{.*\}/m, START_MILLISECONDS);
  const pipes: Record<Pipe, string> = JSON.parse(line);
  const results: Record<Pipe, Samples> = { bare: samples(), chain: samples(), relay: samples() };
  // In turns, so that a machine that is slow for a while is slow for all of them.
  for (let block = 0; block < (quick ? 3 : 8); block++) {
    for (const name of ["bare", "chain", "relay"] as const) {
      const run = (what: string, count: number) => runClient(wine, client, [what, pipes[name], `${count}`]);
      results[name].trips.push(...await run("rtt", 400));
      if (name !== "chain") results[name].connections.push(...await run("connect", 200));
      const bytes = quick ? 33_554_432 : 134_217_728;
      results[name].down.push(...await run("down", bytes));
      results[name].up.push(...await run("up", bytes));
    }
  }
  await running.closeStdin();
  return measurements(results);
}

function measurements({ bare, chain, relay }: Record<Pipe, Samples>): Measurement[] {
  const linkTrip = percentile(chain.trips, 50) - percentile(bare.trips, 50);
  return [
    {
      name: "named pipe: round trip p50",
      unit: "µs",
      value: percentile(relay.trips, 50),
      baseline: { name: "pipe and link", value: percentile(chain.trips, 50) },
      target: { kind: "atMostTimes", factor: TIMES },
    },
    {
      name: "named pipe: new connection p50",
      unit: "µs",
      value: percentile(relay.connections, 50),
      baseline: { name: "pipe and link", value: percentile(bare.connections, 50) + linkTrip },
      target: { kind: "atMostTimes", factor: TIMES },
    },
    ...(["down", "up"] as const).flatMap((way): Measurement[] => {
      const line = { name: `named pipe: one way ${way}`, unit: "MB/s", value: median(relay[way]) } as const;
      return [
        { ...line, baseline: { name: "bare pipe", value: median(bare[way]) } },
        {
          ...line,
          baseline: { name: "pipe and link", value: median(chain[way]) },
          target: { kind: "atLeastTimes", factor: SHARE },
        },
      ];
    }),
    {
      name: "named pipe: round trip p50, pipe alone",
      unit: "µs",
      value: percentile(bare.trips, 50),
    },
    {
      name: "named pipe: new connection p50, pipe alone",
      unit: "µs",
      value: percentile(bare.connections, 50),
    },
  ];
}

function samples(): Samples {
  return { trips: [], connections: [], down: [], up: [] };
}

/** The numbers that it prints, one a line. */
async function runClient(wine: Wine, program: string, args: readonly string[]): Promise<number[]> {
  const { code, stdout, stderr } = await wine.run({ program, args });
  if (code !== 0) throw new Error(`Cannot measure '${args.join(" ")}': ${stderr}`);
  return stdout.trim().split(/\s+/).map(Number);
}
