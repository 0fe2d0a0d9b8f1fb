/** What host and agent hold before, during and after loads, and what is left of it ten seconds and a minute later. */
import { type DockerClient, openDockerClient } from "../support/docker_client.ts";
import { floodConnections } from "../support/connection_flood.ts";
import { pause } from "../support/eventually.ts";
import { findRole, type Role } from "../support/instance_processes.ts";
import { RawConnection } from "../support/raw_http.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../support/windlass_instance.ts";
import type { Measurement } from "./measurement.ts";
import { forgetPeak, memoryOf, peakOf } from "./process_memory.ts";

const REST_MILLISECONDS = 60_000;
const SOON_MILLISECONDS = 10_000;
/** What a load may leave behind, as a multiple of what is allowed at rest. */
const ALLOWED = 1.15;
const LIMITS: readonly (readonly [Role, number])[] = [["host", 75], ["agent", 50]];
/** Connections of the flood that are open at a time: as many as one socket takes. */
const OPEN_AT_ONCE = 2_000;
const CONNECTIONS = { full: 10_000, quick: 1_000 };
const AT_ONCE = 50;
const STREAM_BYTES = { full: 5_000_000_000, quick: 200_000_000 };
const FIRST_PORT = 21_000;
const PORTS = { full: 1_000, quick: 50 };
/** Docker would keep a copy of all bytes as JSON, six times as large. */
const RUN = "docker run --rm --log-driver none";
const PING = "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n";

type Load = (windlass: StartedWindlass, docker: DockerClient, size: "full" | "quick") => Promise<void>;

const LOADS: Readonly<Record<string, Load>> = {
  async "connections, one after another"(windlass, _docker, size) {
    let left = CONNECTIONS[size];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        using connection = await RawConnection.open(windlass.socketPath);
        await connection.request("GET", "/_ping");
      }
    }));
  },
  async "connections, open at once"({ socketPath }, _docker, size) {
    for (let begun = 0; begun < CONNECTIONS[size]; begun += OPEN_AT_ONCE) {
      const count = Math.min(OPEN_AT_ONCE, CONNECTIONS[size] - begun);
      using _flood = await floodConnections({ transport: "unix", path: socketPath }, count, PING);
    }
  },
  async "5 GB into a container"(_windlass, docker, size) {
    const take = `${RUN} -i ${TEST_IMAGE} sh -c 'cat >/dev/null'`;
    await docker.shell(`head -c ${STREAM_BYTES[size]} /dev/zero | ${take}`, {
      deadlineMilliseconds: 600_000,
    });
  },
  async "5 GB out of a container"(_windlass, docker, size) {
    const give = `${RUN} ${TEST_IMAGE} dd if=/dev/zero bs=64k count=${STREAM_BYTES[size] / 65_536 | 0}`;
    await docker.shell(`${give} >/dev/null`, { deadlineMilliseconds: 600_000 });
  },
  async "published ports"(_windlass, docker, size) {
    const range = (first: number) => `${first}-${first + PORTS[size] - 1}`;
    const publish = `127.0.0.1:${range(FIRST_PORT)}:${range(1_000)}`;
    const run = ["run", "--detach", "--name", "ports", "--publish", publish, TEST_IMAGE, "sleep", "1000000"];
    await docker.run(run, { deadlineMilliseconds: 600_000 });
    await docker.run(["rm", "--force", "ports"], { deadlineMilliseconds: 600_000 });
  },
};

interface Watched {
  readonly role: Role;
  readonly pid: number;
  readonly limit: number;
}

/** One load after the other, on one instance: what the first leaves behind, the next begins with. */
export async function measureMemoryAfterLoad(quick: boolean): Promise<Measurement[]> {
  await using windlass = await startWindlass();
  await using docker = await openDockerClient(windlass.dockerHost);
  await importTestImage(docker);
  const watched: Watched[] = [];
  for (const [role, limit] of LIMITS) {
    watched.push({ role, pid: (await findRole(windlass, role)).pid, limit });
  }
  await pause(REST_MILLISECONDS);
  const results: Measurement[] = [];
  for (const [name, load] of Object.entries(LOADS)) {
    const before = await residents(watched);
    for (const { pid } of watched) await forgetPeak(pid);
    await load(windlass, docker, quick ? "quick" : "full");
    const peaks = await Promise.all(watched.map(({ pid }) => peakOf(pid)));
    await pause(SOON_MILLISECONDS);
    const soon = await residents(watched);
    await pause(REST_MILLISECONDS - SOON_MILLISECONDS);
    const later = await residents(watched);
    watched.forEach(({ role, limit }, index) => {
      const line = (when: string, values: readonly number[]): Measurement => ({
        name: `${name}: ${role}, ${when}`,
        unit: "MB",
        rounds: [values[index]!],
      });
      const amount = Math.round(limit * ALLOWED);
      results.push(line("before", before), line("peak", peaks), line("10 s after", soon));
      results.push({ ...line("60 s after", later), target: { kind: "atMost", amount } });
    });
  }
  return results;
}

async function residents(watched: readonly Watched[]): Promise<number[]> {
  return await Promise.all(watched.map(async ({ pid }) => (await memoryOf([pid])).resident));
}
