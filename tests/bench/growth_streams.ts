import { eventually } from "../support/eventually.ts";
import { formatRequest, RawConnection } from "../support/raw_http.ts";
import { type CostAtSize, growthLines, sizeLines } from "./growth_line.ts";
import { type GrowthLab, inParallel } from "./growth_lab.ts";
import type { Measurement } from "./measurement.ts";
import { roundTrips } from "./ping.ts";
import { median } from "./statistics.ts";

const ROUNDS = 5;
const TRIPS = 200;
/** Fewer take less memory than the heap grows and shrinks by itself. */
const LEAST_WEIGHED = 400;
/** Streams that are not waiting. */
const ASKING = 1;

/**
 * What open streams cost us: clients of Docker that wait for events, and one that asks for something. Together they are
 * all that a machine with 20,000 descriptors for a process has room for.
 */
export async function measureStreamGrowth(lab: GrowthLab, quick: boolean): Promise<Measurement[]> {
  const sizes = quick ? [10, 100, 500] : [10, 100, 1_000, 5_000];
  const opened: CostAtSize[] = [];
  const trips: CostAtSize[] = [];
  const delays: CostAtSize[] = [];
  const reported: CostAtSize[] = [];
  const memory: CostAtSize[] = [];
  let before = lab.memory();
  using open = new DisposableStack();
  let count = 0;
  for (const size of sizes) {
    const more = size - ASKING - count;
    const openAll = () => inParallel(more, async () => void open.use(await openEvents(lab)));
    opened.push({ size: more, rounds: [await lab.cost(openAll)] });
    count += more;
    const times: number[] = [];
    const rounds = await lab.costs(ROUNDS, async () => {
      times.push(median(await roundTrips(lab.windlass.socketPath, TRIPS)));
    });
    trips.push({ size, rounds: rounds.map((cost) => cost / TRIPS) });
    delays.push({ size, rounds: times });
    reported.push({
      size,
      rounds: await lab.costs(ROUNDS, () => lab.windlass.run(["debug", "streams", "--json"])),
    });
    const now = lab.memory();
    if (more >= LEAST_WEIGHED) memory.push({ size: more, rounds: [now - before] });
    before = now;
  }
  const closed = await lab.cost(async () => {
    open.dispose();
    await eventually(async () => {
      const { connections } = JSON.parse(await lab.windlass.run(["debug", "streams", "--json"]));
      if (connections.length > 0) throw new Error(`${connections.length} connections are still open`);
    }, 60_000);
  });
  const line = { items: "streams", unit: "µs" } as const;
  return [
    ...growthLines({ ...line, name: "open", isPerItem: true }, opened),
    ...growthLines({ ...line, name: "CPU of a round trip beside", isPerItem: false }, trips),
    ...sizeLines({ ...line, name: "round trip beside, p50", isPerItem: false }, delays),
    ...growthLines({ ...line, name: "debug streams", isPerItem: true }, reported),
    ...growthLines(
      { ...line, unit: "MB", name: "memory of host and agent for more", isPerItem: true },
      memory,
    ),
    { name: "close: all streams at once, each", unit: "µs", rounds: [closed / count] },
  ];
}

async function openEvents({ windlass }: GrowthLab): Promise<RawConnection> {
  const connection = await RawConnection.open(windlass.socketPath);
  await connection.write(formatRequest("GET", "/events"));
  const head = await connection.readUntil("\r\n\r\n");
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`Cannot open a stream of events: ${head}`);
  return connection;
}
