/** What the processes of Windlass hold when a load is over. */
import assert from "node:assert/strict";
import { openDockerClient } from "../../support/docker_client.ts";
import { eventually } from "../../support/eventually.ts";
import { findRole, type Role } from "../../support/instance_processes.ts";
import { RawConnection } from "../../support/raw_http.ts";
import { residentMegabytes } from "../../support/resident_megabytes.ts";
import { importTestImage, TEST_IMAGE } from "../../support/test_image.ts";
import { type StartedWindlass, startWindlass } from "../../support/windlass_instance.ts";

/** Megabytes that a process may hold at rest, by docs/performance.md, with the seventh that it may keep of a load. */
const LIMITS: readonly (readonly [Role, number])[] = [["host", 86], ["agent", 58], ["wslService", 58]];
/** A minute is what users are promised; a busy machine gets more. */
const REST_MILLISECONDS = 150_000;
/** For what an idle machine does in seconds. */
const LOAD_MILLISECONDS = 600_000;
const CONNECTIONS = 3_000;
const AT_ONCE = 50;
const STREAM_MEGABYTES = 400;

interface Held {
  readonly role: Role;
  readonly pid: number;
  readonly limit: number;
}

async function manyConnections(instance: StartedWindlass): Promise<void> {
  let left = CONNECTIONS;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      using connection = await RawConnection.open(instance.socketPath);
      assert.equal((await connection.request("GET", "/_ping")).status, 200);
    }
  }));
}

Deno.test("Host, agent and wsl service give memory back when a load is over", async () => {
  await using instance = await startWindlass();
  await using docker = await openDockerClient(instance.dockerHost);
  await importTestImage(docker);
  const held: Held[] = [];
  for (const [role, limit] of LIMITS) held.push({ role, pid: (await findRole(instance, role)).pid, limit });
  const bytes = STREAM_MEGABYTES * 1_000_000;
  await Promise.all([
    manyConnections(instance),
    docker.shell(
      `head -c ${bytes} /dev/zero | docker run --rm --log-driver none -i ${TEST_IMAGE} sh -c 'cat >/dev/null'`,
      { deadlineMilliseconds: LOAD_MILLISECONDS },
    ),
    docker.shell(
      `docker run --rm --log-driver none ${TEST_IMAGE} head -c ${bytes} /dev/zero >/dev/null`,
      { deadlineMilliseconds: LOAD_MILLISECONDS },
    ),
  ]);
  await eventually(async () => {
    for (const { role, pid, limit } of held) {
      const size = await residentMegabytes(pid);
      assert.ok(size <= limit, `${role} holds ${size.toFixed(1)} MB at rest; ${limit} are allowed`);
    }
  }, REST_MILLISECONDS);
});
