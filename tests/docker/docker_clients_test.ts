/**
 * What Docker's own clients do, on a bare dockerd and through the socket that Windlass serves. A case that fails on
 * Windlass alone, or gives another result there, fails the suite; one that fails on both is shown as ignored.
 *
 * `WINDLASS_DOCKER_CASES` is a regular expression that chooses cases by name.
 */
import { BUILD_CASES } from "./cases/build.ts";
import { COMPOSE_CASES } from "./cases/compose.ts";
import { CONNECTION_CASES } from "./cases/connections.ts";
import { COPY_CASES } from "./cases/copy.ts";
import { DEV_CONTAINER_CASES } from "./cases/dev_containers.ts";
import { DOCKERODE_CASES } from "./cases/dockerode.ts";
import { IMAGE_CASES } from "./cases/images.ts";
import { LIFE_CASES } from "./cases/container_life.ts";
import { NETWORK_CASES } from "./cases/networks.ts";
import { RUN_CASES } from "./cases/run.ts";
import { STREAM_CASES } from "./cases/streams.ts";
import { TERMINAL_CASES } from "./cases/terminal.ts";
import { UPSTREAM_CASES } from "./cases/upstream_end.ts";
import { VOLUME_CASES } from "./cases/volumes.ts";
import { compareCase, openEngines, openSharedFolder } from "./compare_engines.ts";

const CASES = [
  ...RUN_CASES,
  ...TERMINAL_CASES,
  ...STREAM_CASES,
  ...LIFE_CASES,
  ...COPY_CASES,
  ...VOLUME_CASES,
  ...NETWORK_CASES,
  ...IMAGE_CASES,
  ...BUILD_CASES,
  ...COMPOSE_CASES,
  ...DEV_CONTAINER_CASES,
  ...DOCKERODE_CASES,
  ...CONNECTION_CASES,
  ...UPSTREAM_CASES,
];

Deno.test("Docker clients work through Windlass as on a bare dockerd", async (test) => {
  const chosen = new RegExp(Deno.env.get("WINDLASS_DOCKER_CASES") ?? "");
  await using shared = await openSharedFolder();
  await using engines = await openEngines(shared);
  for (const one of CASES.filter((one) => chosen.test(one.name))) {
    const { verdict, milliseconds } = await compareCase(engines.list, one, shared.path);
    const failed = verdict.kind === "different" || (verdict.kind !== "same" && engines.list.length === 1);
    const note = verdict.kind === "same" || failed ? "" : ` (${verdict.kind}: ${verdict.error.message})`;
    await test.step({
      name: `${one.name} [${milliseconds.join(" / ")} ms]${note}`,
      ignore: verdict.kind === "failsOnBoth" && !failed,
      async fn() {
        if (verdict.kind === "same" || !failed) return;
        for (const engine of engines.list) {
          const logs = await engine.logs();
          if (logs) verdict.error.message += `\n${logs}`;
        }
        throw verdict.error;
      },
    });
  }
});
