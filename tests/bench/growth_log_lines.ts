import { join } from "node:path";
import { parseDockerdLine } from "../../src/agent/engine/dockerd_log.ts";
import { LogFile } from "../../src/logging/log_file.ts";
import { LogStore } from "../../src/logging/log_store.ts";
import { formatRequest, RawConnection } from "../support/raw_http.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import { metered } from "./cpu_time.ts";
import { type CostAtSize, growthLines, microseconds, sizeLines } from "./growth_line.ts";
import type { GrowthLab } from "./growth_lab.ts";
import type { Measurement } from "./measurement.ts";
import { roundTrips } from "./ping.ts";
import { median } from "./statistics.ts";

const SECONDS = 2;
/** Round trips of another client meanwhile: less than the lines take. */
const TRIPS = 200;
const NEWLINE = 10;
const TEXT = "x".repeat(80);
/** What dockerd says at each end of a container. */
const DOCKERD_LINE =
  'time="2026-01-02T03:04:05.678901234Z" level=info msg="ignoring event" container=6f1d2c namespace=moby topic=/tasks/delete';

/** What log lines cost us: of a container, through `docker logs -f`, and of dockerd, on their way to our log. */
export async function measureLogLineGrowth(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  return [...await measureFollowed(lab, quick), ...await measureStored(quick)];
}

async function measureFollowed(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  const costs: CostAtSize[] = [];
  const delays: CostAtSize[] = [];
  for (const rate of quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000]) {
    costs.push({ size: rate * SECONDS, rounds: [await follow(lab, rate)] });
    let delay = 0;
    await follow(lab, rate, async () => {
      delay = median(await roundTrips(lab.windlass.socketPath, TRIPS));
    });
    delays.push({ size: rate, rounds: [delay] });
  }
  const work = { name: "docker logs -f", items: `lines in ${SECONDS} s`, unit: "µs" } as const;
  const others = { name: "round trip meanwhile, p50", items: "lines a second", unit: "µs" } as const;
  return [
    ...growthLines({ ...work, isPerItem: true }, costs),
    ...sizeLines({ ...others, isPerItem: false }, delays),
  ];
}

/** Follows the output of a container to its end; returns what that cost us. */
async function follow(
  lab: GrowthLab,
  rate: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const [id] = await lab.create(1, () => ({ Cmd: ["awk", printLines(rate)] }));
  using following = await RawConnection.open(lab.windlass.socketPath);
  await lab.request("POST", `/containers/${id}/start`);
  await following.write(formatRequest("GET", `/containers/${id}/logs?follow=1&stdout=1`));
  let lines = 0;
  const cost = await lab.cost(async () => {
    const others = meanwhile();
    for (let bytes = await following.readSome(); bytes; bytes = await following.readSome()) {
      for (const byte of bytes) if (byte === NEWLINE) lines++;
      if (endsChunks(bytes)) break;
    }
    await others;
  });
  if (lines < rate * SECONDS) throw new Error(`Cannot measure: ${lines} of ${rate * SECONDS} lines came`);
  await lab.request("DELETE", `/containers/${id}?force=1`);
  return cost;
}

/** A program of awk that prints so many lines a second, ten times a second. */
function printLines(rate: number): string {
  const loops = `for (i = 0; i < ${10 * SECONDS}; i++) { for (j = 0; j < ${rate / 10}; j++) print "${TEXT}";`;
  return `BEGIN { ${loops} fflush(); system("usleep 100000") } }`;
}

function endsChunks(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(-5)) === "0\r\n\r\n";
}

async function measureStored(quick: boolean): Promise<Measurement[]> {
  await using folder = await openTemporaryFolder("windlass-bench-log");
  const costs: CostAtSize[] = [];
  for (const size of quick ? [1_000, 10_000] : [1_000, 10_000, 100_000]) {
    const directory = join(folder.path, `${size}`);
    await Deno.mkdir(directory);
    using file = await LogFile.open(directory);
    const store = new LogStore(file);
    const work = metered({ bench: Deno.pid }, () => {
      for (let index = 0; index < size; index++) store.add(parseDockerdLine(DOCKERD_LINE, new Date()));
      return Promise.resolve();
    });
    costs.push({ size, rounds: [microseconds(await work)] });
  }
  return growthLines({ name: "our log", items: "lines of dockerd", unit: "µs", isPerItem: true }, costs);
}
