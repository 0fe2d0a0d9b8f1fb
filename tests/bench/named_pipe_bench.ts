import { join } from "node:path";
import { REPOSITORY } from "../support/repository.ts";
import { openPlainClient } from "../windows/pipe/clients/open_clients.ts";
import { openWindowsMachine } from "../windows/support/windows_machine.ts";
import type { Wine } from "../windows/support/wine.ts";
import { WSL_FOLDER } from "../windows/wsl/stub/install_wsl.ts";
import type { Measurement } from "./measurement.ts";
import { importPeerDistro } from "./named_pipe_distro.ts";
import { alternate, roundCount } from "./rounds.ts";
import { median, percentile } from "./statistics.ts";

const DISTRO = "bench";
/** What the relay has to reach of what a bare pipe and a bare link allow together. */
const SHARE = 0.7;
/** The same for times. */
const TIMES = 1.43;
const START_MILLISECONDS = 60_000;

type Pipe = "bare" | "chain" | "relay";

const CHAIN = "pipe and link";

/** What one round finds of one pipe: medians, in microseconds and MB/s. */
interface Sample {
  readonly trip: number;
  readonly connection: number;
  readonly down: number;
  readonly up: number;
}

/**
 * The relay on a named pipe, over the mux and the stub `wsl.exe`, compared with a pipe that answers by itself (`bare`) and one
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
  const run = (what: string, pipe: Pipe, count: number) =>
    runClient(wine, client, [what, pipes[pipe], `${count}`]);
  const bytes = quick ? 33_554_432 : 134_217_728;
  const sample = (pipe: Pipe) => async (): Promise<Sample> => ({
    trip: percentile(await run("rtt", pipe, 400), 50),
    // The chain takes one client only.
    connection: pipe === "chain" ? Number.NaN : percentile(await run("connect", pipe, 200), 50),
    down: median(await run("down", pipe, bytes)),
    up: median(await run("up", pipe, bytes)),
  });
  const samples = await alternate(roundCount(quick), {
    bare: sample("bare"),
    chain: sample("chain"),
    relay: sample("relay"),
  });
  await running.closeStdin();
  return measurements(samples);
}

function measurements({ bare, chain, relay }: Record<Pipe, Sample[]>): Measurement[] {
  // What a new connection costs at least: one of the bare pipe, and what the link adds to a round trip.
  const connections = bare.map(({ connection, trip }, round) => connection + chain[round]!.trip - trip);
  const target = { kind: "atMostTimes", factor: TIMES } as const;
  return [
    {
      name: "named pipe: round trip p50",
      unit: "µs",
      rounds: relay.map(({ trip }) => trip),
      baseline: { name: CHAIN, rounds: chain.map(({ trip }) => trip) },
      target,
    },
    {
      name: "named pipe: new connection p50",
      unit: "µs",
      rounds: relay.map(({ connection }) => connection),
      baseline: { name: CHAIN, rounds: connections },
      target,
    },
    ...(["down", "up"] as const).flatMap((way): Measurement[] => {
      const rounds = relay.map((sample) => sample[way]);
      const name = `named pipe: one way ${way}`;
      const ofPipe = { name: "bare pipe", rounds: bare.map((sample) => sample[way]) };
      const ofChain = { name: CHAIN, rounds: chain.map((sample) => sample[way]) };
      return [
        { name, unit: "MB/s", rounds, baseline: ofPipe },
        { name, unit: "MB/s", rounds, baseline: ofChain, target: { kind: "atLeastTimes", factor: SHARE } },
      ];
    }),
    { name: "bare pipe: round trip p50", unit: "µs", rounds: bare.map(({ trip }) => trip) },
    { name: "bare pipe: new connection p50", unit: "µs", rounds: bare.map(({ connection }) => connection) },
  ];
}

/** The numbers that it prints, one a line. */
async function runClient(wine: Wine, program: string, args: readonly string[]): Promise<number[]> {
  const { code, stdout, stderr } = await wine.run({ program, args });
  if (code !== 0) throw new Error(`Cannot measure '${args.join(" ")}': ${stderr}`);
  return stdout.trim().split(/\s+/).map(Number);
}
