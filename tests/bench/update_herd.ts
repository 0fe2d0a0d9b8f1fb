import { join } from "node:path";
import { openUpdateChannel } from "../../src/update/channel/open_channel.ts";
import { CHECK_SCHEDULE, firstCheckDelay, nextCheckDelay } from "../../src/update/decision/check_schedule.ts";
import { NO_LOG } from "../../src/logging/log.ts";
import { createSignedChannel, type SignedChannel } from "../support/signed_channel.ts";
import { type ChannelServer, openChannelServer } from "../support/channel_server.ts";
import { openTemporaryFolder } from "../support/temporary_folder.ts";
import type { Measurement } from "./measurement.ts";
import { percentile } from "./statistics.ts";

const CLIENTS = 1_000;
const QUICK_CLIENTS = 200;
/** Of a check that finds nothing new: the next root, which does not exist, and the timestamp. */
const REQUESTS = 2;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RELEASE = "stable.linux-x64";
/** A bare server answers so many requests at once in a few seconds on the slowest machine that we know. */
const CHECK_MILLISECONDS = 120_000;

/** What 1,000 installations ask of a server, by the clock of their schedule, and all at once. */
export async function measureUpdateHerd(quick: boolean): Promise<Measurement[]> {
  return [...scheduledHerd(), ...await realHerd(quick ? QUICK_CLIENTS : CLIENTS)];
}

/** A day of 1,000 machines that start within one minute, on a simulated clock. */
function scheduledHerd(): Measurement[] {
  const seconds = new Uint16Array(DAY / SECOND);
  for (let client = 0; client < CLIENTS; client++) {
    let time = Math.random() * MINUTE + firstCheckDelay(Math.random());
    while (time < DAY) {
      seconds[Math.floor(time / SECOND)]! += REQUESTS;
      time += nextCheckDelay(Math.random());
    }
  }
  const mean = CLIENTS * REQUESTS / (CHECK_SCHEDULE.everyMilliseconds / SECOND);
  const unspread = CLIENTS * REQUESTS / 60;
  const all = { name: "all at once", rounds: [unspread] };
  return [
    { name: `${CLIENTS} started in a minute: mean`, unit: "1/s", rounds: [mean], baseline: all },
    {
      name: "busiest second",
      unit: "1/s",
      rounds: [Math.max(...seconds)],
      baseline: all,
      target: { kind: "atMostTimes", factor: 0.5 },
    },
    {
      name: "busiest minute, per second",
      unit: "1/s",
      rounds: [busiest(seconds, MINUTE)],
      baseline: all,
      target: { kind: "atMostTimes", factor: 0.1 },
    },
    {
      name: "busiest hour after half a day, per second",
      unit: "1/s",
      rounds: [busiest(seconds.subarray(seconds.length / 2), HOUR)],
      baseline: { name: "mean", rounds: [mean] },
      target: { kind: "atMostTimes", factor: 2 },
    },
  ];
}

/** Requests per second in the busiest of the intervals of that length. */
function busiest(seconds: Uint16Array, milliseconds: number): number {
  const length = milliseconds / SECOND;
  const sums = Array.from(
    { length: Math.floor(seconds.length / length) },
    (_, interval) =>
      seconds.subarray(interval * length, (interval + 1) * length).reduce((sum, count) => sum + count, 0),
  );
  return Math.max(...sums) / length;
}

/** The checks of so many clients at once, of one server on loopback, with nothing new for any of them. */
async function realHerd(clients: number): Promise<Measurement[]> {
  await using folder = await openTemporaryFolder("windlass-herd");
  await using channel = await createSignedChannel();
  await channel.publishFiles({ [`${RELEASE}.json`]: new TextEncoder().encode("{}") });
  await using server = openChannelServer(channel.folder);
  const first = join(folder.path, "0");
  await check(channel, server, first);
  const directories = await Promise.all(
    Array.from({ length: clients }, (_, client) => copyFolder(first, join(folder.path, String(client + 1)))),
  );
  server.forget();
  const begun = performance.now();
  const results = await Promise.allSettled(directories.map((directory) => check(channel, server, directory)));
  const milliseconds = performance.now() - begun;
  const times = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  return [
    { name: `${clients} real checks at once, until the last`, unit: "ms", rounds: [milliseconds] },
    { name: "one of them p50", unit: "ms", rounds: [percentile(times, 50)] },
    { name: "one of them p99", unit: "ms", rounds: [percentile(times, 99)] },
    {
      name: "failures",
      unit: "count",
      rounds: [clients - times.length],
      target: { kind: "atMost", amount: 0 },
    },
    {
      name: "requests of a check",
      unit: "count",
      rounds: [server.requests.length / clients],
      target: { kind: "atMost", amount: REQUESTS },
    },
    { name: "bytes of a check", unit: "count", rounds: [server.bytes() / clients] },
  ];
}

/** One check of one installation; resolves to its time in milliseconds. */
async function check(channel: SignedChannel, server: ChannelServer, directory: string): Promise<number> {
  const begun = performance.now();
  using client = openUpdateChannel({
    url: server.url,
    mirrors: [],
    root: channel.root,
    proxy: "none",
    directory,
    userAgent: "windlass/bench",
    log: NO_LOG,
    limits: { responseMilliseconds: CHECK_MILLISECONDS },
  });
  await client.latest(RELEASE, AbortSignal.timeout(CHECK_MILLISECONDS));
  return performance.now() - begun;
}

/** What an installation trusts, for another one. */
async function copyFolder(from: string, to: string): Promise<string> {
  await Deno.mkdir(to);
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
  return to;
}
