import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { RawConnection } from "../support/raw_http.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";
import { engineProcesses, metered, type Processes } from "./cpu_time.ts";
import { microseconds } from "./growth_line.ts";
import { kilobytes } from "./process_memory.ts";

/** Requests that are under way at a time, where many are made. */
const AT_ONCE = 8;

/** An instance that gets more and more to do. */
export interface GrowthLab extends AsyncDisposable {
  readonly windlass: StartedWindlass;
  readonly docker: DockerClient;
  readonly processes: Processes;
  /** CPU time of our processes meanwhile, in microseconds. */
  cost(work: () => Promise<unknown>): Promise<number>;
  /** The same, `rounds` times. */
  costs(rounds: number, work: () => Promise<unknown>): Promise<number[]>;
  /** Megabytes that host and agent have to themselves. */
  memory(): number;
  /** A request to Docker on a connection of its own. @throws {Error} if it fails. */
  request(method: string, path: string, body?: unknown): Promise<string>;
  /** Creates containers of the test image; returns their ids. */
  create(count: number, description?: (index: number) => object): Promise<string[]>;
  /** Makes a request for each of the containers. */
  forEach(ids: readonly string[], method: string, path: (id: string) => string): Promise<void>;
}

/** Starts everything; disposal leaves nothing behind. */
export async function openGrowthLab(): Promise<GrowthLab> {
  await using owned = new AsyncDisposableStack();
  const windlass = owned.use(await startWindlass());
  const docker = owned.use(await openDockerClient(windlass.dockerHost));
  await importTestImage(docker);
  const processes = await engineProcesses(windlass);
  const stack = owned.move();
  const cost = async (work: () => Promise<unknown>) => microseconds(await metered(processes, work));
  const request = async (method: string, path: string, body?: unknown) => {
    using connection = await RawConnection.open(windlass.socketPath);
    const answer = await connection.request(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`Cannot ${method} ${path}: ${answer.status} ${answer.body}`);
  };
  return {
    windlass,
    docker,
    processes,
    cost,
    costs: async (rounds, work) => {
      const costs: number[] = [];
      for (let round = 0; round < rounds; round++) costs.push(await cost(work));
      return costs;
    },
    memory: () => privateMegabytes(processes["host"]!) + privateMegabytes(processes["agent"]!),
    request,
    create: (count, description = () => ({})) =>
      inParallel(count, async (index) => {
        const body = { Image: TEST_IMAGE, Cmd: ["sleep", "100000"], ...description(index) };
        return JSON.parse(await request("POST", "/containers/create", body)).Id as string;
      }),
    forEach: async (ids, method, path) =>
      void await inParallel(ids.length, (index) => request(method, path(ids[index]!))),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Calls `work` with 0, 1, 2, ..., a few at a time; the results are in order. */
export async function inParallel<Value>(
  count: number,
  work: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const results = new Array<Value>(count);
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  }));
  return results;
}

/** Megabytes of a process that no other shares. */
export function privateMegabytes(pid: number): number {
  const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  return (kilobytes(rollup, "Private_Clean") + kilobytes(rollup, "Private_Dirty")) * 1_024 / 1_000_000;
}
