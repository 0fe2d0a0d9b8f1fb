import { join } from "node:path";
import { startBareEngine } from "../support/bare_engine.ts";
import { pause } from "../support/eventually.ts";
import { getStatus } from "../support/raw_http.ts";
import { runChecked } from "../support/run_command.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";
import { cpuOfStart, cpuUse, type Metered } from "./cpu_time.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";

/** Runs of a short command in one round; the value is their mean. */
const COMMAND_RUNS = 5;
/** How often a starting engine is asked. */
const ASK_MILLISECONDS = 5;
/** Milliseconds of a whole `windlass start` of an imported instance, and of `windlass status`. */
const START_LIMIT = 700;
const STATUS_LIMIT = 80;
/** Milliseconds of `windlass --version` after the first run. */
const VERSION_LIMIT = 60;

interface BareStart {
  /** From the first process to the first answer. */
  readonly whole: number;
  /** From dockerd's own start. */
  readonly daemon: number;
}

/** A whole start; the milliseconds of its parts, both from the beginning of the command. */
interface Start {
  readonly answered: number;
  readonly ended: number;
}

/** How long users wait for an engine, with data of an earlier start, and for short commands. */
export async function measureStart(quick: boolean): Promise<Measurement[]> {
  await using windlass = await startWindlass();
  await using data = await openTemporaryFolder("windlass-bench-data");
  const dataFolder = join(data.path, "docker");
  await Deno.mkdir(dataFolder);
  const rounds = roundCount(quick);
  const commands = await measureCommands(windlass, rounds);
  // Only one engine exists at a time: the others have the whole machine to themselves.
  await windlass.run(["stop"]);
  const { bare, start, request } = await alternate(rounds, {
    bare: () => startBare(dataFolder),
    start: () => startOnce(windlass),
    request: () => requestOnce(windlass),
  });
  const whole = { name: "bare", rounds: bare.map(({ whole }) => whole) };
  const answered = {
    name: "start to first answer",
    unit: "ms",
    rounds: start.map(({ value }) => value.answered),
  } as const;
  return [
    {
      ...answered,
      baseline: whole,
      target: { kind: "atMostTimes", factor: 1.15 },
      cpu: cpuUse("start", start, () => 1),
    },
    { ...answered, baseline: { name: "dockerd alone", rounds: bare.map(({ daemon }) => daemon) } },
    {
      name: "request to a stopped engine",
      unit: "ms",
      rounds: request,
      baseline: whole,
      target: { kind: "atMostTimes", factor: 1.25 },
    },
    {
      name: "`windlass start` of an imported instance",
      unit: "ms",
      rounds: start.map(({ value }) => value.ended),
      target: { kind: "atMost", amount: START_LIMIT },
    },
    ...commands,
  ];
}

async function startBare(dataFolder: string): Promise<BareStart> {
  await using engine = await startBareEngine({ dataFolder });
  return { whole: engine.startMilliseconds, daemon: engine.daemonMilliseconds };
}

async function startOnce(windlass: StartedWindlass): Promise<Metered<Start>> {
  const begun = performance.now();
  const command = windlass.run(["start"]);
  let ended = Number.NaN;
  const noted = command.then(() => ended = performance.now() - begun);
  noted.catch(() => {});
  let answered = Number.NaN;
  while (Number.isNaN(answered) && Number.isNaN(ended)) {
    if (await getStatus(windlass.socketPath, "/_ping").catch(() => 0) === 200) {
      answered = performance.now() - begun;
    } else await pause(ASK_MILLISECONDS);
  }
  await noted;
  const cpuSeconds = await cpuOfStart(windlass);
  await windlass.run(["stop"]);
  if (Number.isNaN(answered)) {
    throw new Error("Cannot measure the start: the command ended before the API answered");
  }
  return { value: { answered, ended }, cpuSeconds };
}

/** A ping while the host runs and nothing else does. */
async function requestOnce(windlass: StartedWindlass): Promise<number> {
  await windlass.run(["start", "--on-demand"]);
  const begun = performance.now();
  const status = await getStatus(windlass.socketPath, "/_ping");
  const took = performance.now() - begun;
  await windlass.run(["stop"]);
  if (status !== 200) {
    throw new Error(`Cannot measure a request to a stopped engine: its status was ${status}`);
  }
  return took;
}

/** Short commands while the engine runs, against the runtime that they need in any case. */
async function measureCommands(windlass: StartedWindlass, rounds: number): Promise<Measurement[]> {
  const env = { WINDLASS_HOME: windlass.home };
  const mean = (argv: readonly string[]) => async () => {
    const begun = performance.now();
    for (let run = 0; run < COMMAND_RUNS; run++) await runChecked(argv, { env });
    return (performance.now() - begun) / COMMAND_RUNS;
  };
  await using folder = await openTemporaryFolder("windlass-bench-script");
  const script = join(folder.path, "empty.js");
  await Deno.writeTextFile(script, "");
  const { deno, version, status } = await alternate(rounds, {
    deno: mean([Deno.execPath(), "run", "--no-config", "--no-lock", "--cached-only", script]),
    version: mean([windlass.executable, "--version"]),
    status: mean([windlass.executable, "status"]),
  });
  return [
    {
      name: "`windlass --version`",
      unit: "ms",
      rounds: version,
      baseline: { name: "`deno run` of an empty file", rounds: deno },
      target: { kind: "atMost", amount: VERSION_LIMIT },
    },
    {
      name: "`windlass status`",
      unit: "ms",
      rounds: status,
      target: { kind: "atMost", amount: STATUS_LIMIT },
    },
  ];
}
