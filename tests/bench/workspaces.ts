import { startBareEngine } from "../support/bare_engine.ts";
import { TEST_IMAGE } from "../support/test_image.ts";
import { putNodeProgram } from "../support/user_distros/distro_clients.ts";
import type { UserDistro } from "../support/user_distros/user_distro.ts";
import { openWorkspace, startWindlassWithImage } from "../support/user_distros/workspace.ts";
import { workspaceSocket } from "../support/user_distros/workspace_client.ts";
import type { Measurement } from "./measurement.ts";
import { alternate, roundCount } from "./rounds.ts";
import { pingTimes } from "./socket_load.ts";
import { percentile } from "./statistics.ts";

/** Files and pings in one round. */
const FILES = { full: 10_000, quick: 1_000 };
const TRIPS = 1_000;
/** What is promised: files at the distro's own speed, and round trips that do not cross to Windows and back. */
const FILE_FACTOR = 0.95;
const TRIP_FACTOR = 2;

const BOX = "bench-workspace";
const FOLDER = "/home/me/bench";

/** A user's distro that is switched on: round trips on its socket, and its files in a container. */
export async function measureWorkspaces(quick: boolean): Promise<Measurement[]> {
  await using bare = await startBareEngine();
  await using instance = await startWindlassWithImage();
  await using distro = await openWorkspace(instance, "debian");
  return [
    ...await measureTrips(bare.socketPath, await workspaceSocket(distro), quick),
    ...await measureFiles(distro, quick),
  ];
}

async function measureTrips(bare: string, workspace: string, quick: boolean): Promise<Measurement[]> {
  const samples = await alternate(roundCount(quick), {
    bare: () => pingTimes(bare, "trips", TRIPS),
    workspace: () => pingTimes(workspace, "trips", TRIPS),
  });
  return [50, 99].map((percent): Measurement => {
    const times = (of: readonly (readonly number[])[]) => of.map((value) => percentile(value, percent));
    return {
      name: `round trip in a distro p${percent}`,
      unit: "µs",
      rounds: times(samples.workspace),
      baseline: { name: "bare", rounds: times(samples.bare) },
      ...(percent === 50 ? { target: { kind: "atMostTimes", factor: TRIP_FACTOR } } : {}),
    };
  });
}

/** The same program of the distro on the same folder: in the distro, and in a container that mounts it. */
async function measureFiles(distro: UserDistro, quick: boolean): Promise<Measurement[]> {
  const program = await putNodeProgram(distro, "tests/bench/small_files.ts", "small_files");
  const count = quick ? FILES.quick : FILES.full;
  const command = `/usr/bin/node ${program} ${FOLDER} ${count}`;
  const mounts = [
    "/usr:/usr:ro",
    "/usr/lib:/lib:ro",
    "/usr/lib64:/lib64:ro",
    "/opt:/opt:ro",
    `${FOLDER}:${FOLDER}`,
  ]
    .map((mount) => `-v ${mount}`).join(" ");
  await distro.script(
    `mkdir -p ${FOLDER}; docker run --detach --name ${BOX} ${mounts} ${TEST_IMAGE} sleep 100000`,
  );
  const samples = await alternate(roundCount(quick), {
    distro: async () => Number(await distro.script(command)),
    container: async () => Number(await distro.script(`docker exec ${BOX} ${command}`)),
  });
  await distro.script(`docker rm --force ${BOX}`);
  return [{
    name: `${count.toLocaleString("en-US")} small files of a distro in a container`,
    unit: "1/s",
    rounds: samples.container,
    baseline: { name: "in the distro", rounds: samples.distro },
    target: { kind: "atLeastTimes", factor: FILE_FACTOR },
  }];
}
