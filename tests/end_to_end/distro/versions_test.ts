/** Two real engines on the same data: the next one is tried out beside the one that runs, and takes over its containers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { prepareEngineDistro } from "../../../src/provisioning/prepare_engine.ts";
import type { DistroContext } from "../../../src/provisioning/distro_context.ts";
import { distroNames } from "../../../src/provisioning/distro_names.ts";
import { openDistroRecord } from "../../../src/provisioning/distro_record.ts";
import { ensureEngineDistro } from "../../../src/provisioning/engine_distro.ts";
import { readDataWriter } from "../../../src/host/engine/data_writer.ts";
import { rehearseEngine } from "../../../src/host/engine/rehearse_engine.ts";
import { NO_LOG } from "../../../src/logging/log.ts";
import type { Wsl } from "../../../src/wsl/wsl.ts";
import { startAgent } from "../../support/agent_link.ts";
import { engineArchive, runScript } from "../../support/engine_distro.ts";
import { eventually } from "../../support/eventually.ts";
import { createLinuxWsl } from "../../support/linux_wsl.ts";
import { cachePath } from "../../support/repository.ts";

const LIMIT = () => AbortSignal.timeout(300_000);
const STAMP = "/var/lib/windlass/engine-version.json";

/** An instance's distros without a host: the engine of a version `A`, and data that is shared as it is by a host. */
interface Bench extends AsyncDisposable {
  readonly wsl: Wsl;
  /** Prepares the same files as a version `B` beside it. */
  prepare(daemonOptions?: Readonly<Record<string, unknown>>): Promise<void>;
}

async function openBench(): Promise<Bench> {
  await using making = new AsyncDisposableStack();
  const { home, wsl } = making.use(await createLinuxWsl());
  const context: DistroContext = {
    wsl,
    names: distroNames(),
    directory: join(home, "distros"),
    record: await openDistroRecord(join(home, "distros.json"), distroNames(), NO_LOG),
    log: NO_LOG,
    progress: () => {},
  };
  const image = (id: string) => ({
    id,
    unpackedBytes: 0,
    open: async () => ({ stream: await engineArchive(home), totalBytes: 1 }),
  });
  await ensureEngineDistro(context, "windlass", image("A"));
  const data = join(home, "distros/windlass-data");
  const source = (await Deno.open(cachePath("image", "data-rootfs.tar"))).readable;
  await wsl.import({ name: "windlass-data", directory: data, source });
  const keeper = making.use(
    wsl.spawn({
      distro: "windlass-data",
      argv: ["/usr/lib/windlass/share-data"],
      onStderrLine: (line) => console.error(line),
    }),
  );
  await keeper.link.read();
  const made = making.move();
  return {
    wsl,
    prepare: (daemonOptions = {}) =>
      prepareEngineDistro(context, "windlass-b", image("B"), async () =>
        rehearseEngine({
          wsl,
          distro: "windlass-b",
          daemonOptions,
          dataWriter: await readDataWriter({ wsl, distro: "windlass-data", signal: LIMIT() }),
          signal: LIMIT(),
        })),
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

Deno.test("the next engine is tried out beside the one that runs, and takes over its containers", async (test) => {
  await using bench = await openBench();
  const { wsl } = bench;
  let version = "";

  {
    await using link = startAgent(wsl);
    await link.running();
    version = await runScript(wsl, "windlass", "docker version --format '{{.Server.Version}}'");
    const run = "docker run -d --restart unless-stopped --name clock -v kept:/kept busybox " +
      "sh -c 'test -s /kept/file || echo kept > /kept/file; while true; do date > /kept/now; sleep 0.2; done'";
    await eventually(() => runScript(wsl, "windlass", "docker image inspect busybox"));
    await runScript(wsl, "windlass", run);
    await eventually(() => runScript(wsl, "windlass", "docker exec clock test -s /kept/file"));
    const started = () => runScript(wsl, "windlass", "docker inspect clock --format '{{.State.StartedAt}}'");
    const before = await started();

    await test.step("preparation leaves the containers that run alone", async () => {
      await bench.prepare();
      assert.equal(await started(), before);
      assert.equal(link.agent.state?.kind, "running");
      const running = (await wsl.list()).filter(({ state }) => state === "running");
      assert.deepEqual(running.map(({ name }) => name).sort(), ["windlass", "windlass-data"]);
    });

    await test.step("options that the next dockerd refuses are reported before the switch", async () => {
      await assert.rejects(bench.prepare({ "no-such-option": true }), {
        code: "WL_DAEMON_OPTIONS_INVALID",
        message: "Cannot use 'engine.daemonOptions' with the next version: " +
          "the following directives don't match any configuration option: no-such-option",
      });
    });

    await test.step("the data says which dockerd has used it", async () => {
      const writer = await readDataWriter({ wsl, distro: "windlass-data", signal: LIMIT() });
      assert.equal(writer, version);
    });

    await link.agent.shutdown(LIMIT());
    await link.process.exited;
    await wsl.terminate("windlass");
  }

  await test.step("the other engine has the same containers, volumes and network", async () => {
    await using link = startAgent(wsl, { distro: "windlass-b" });
    await link.running();
    await eventually(async () => {
      const state = await runScript(wsl, "windlass-b", "docker inspect clock --format '{{.State.Running}}'");
      assert.equal(state, "true");
    });
    assert.equal(await runScript(wsl, "windlass-b", "docker exec clock cat /kept/file"), "kept");
    assert.match(await runScript(wsl, "windlass-b", "ip -brief link"), /^windlass0@/m);
    await link.agent.shutdown(LIMIT());
    await link.process.exited;
  });
});

Deno.test("a dockerd that is too old for the data is not started, and says so until the data fits", async (test) => {
  await using bench = await openBench();
  const { wsl } = bench;
  const stamp = (dockerd: string) =>
    runScript(wsl, "windlass-data", `echo '{"format":1,"dockerd":"${dockerd}"}' > ${STAMP}`);
  await stamp("99.1.0");

  await test.step("an update to it is refused before the switch", async () => {
    const error = await bench.prepare().catch((failure: Error) => failure);
    assert.ok(error instanceof Error);
    assert.equal("code" in error && error.code, "WL_DATA_TOO_NEW");
    assert.match(error.message, /^Cannot use dockerd 28\.\S+: the data was last written by 99\.1\.0$/);
  });

  await test.step("the agent starts no dockerd on it", async () => {
    await using link = startAgent(wsl);
    const failed = await eventually(() => {
      const state = link.states.find(({ kind }) => kind === "failed");
      assert.ok(state?.kind === "failed");
      return state;
    });
    assert.equal(failed.code, "WL_DATA_TOO_NEW");
    assert.match(failed.message, /^Cannot start dockerd 28\.\S+: the data was last written by 99\.1\.0$/);
    assert.ok(!link.states.some(({ kind }) => kind === "starting"), "dockerd was started");
    await assert.rejects(runScript(wsl, "windlass-data", "ls /var/lib/windlass/docker"), /No such file/);
    assert.match(await runScript(wsl, "windlass-data", `cat ${STAMP}`), /"99\.1\.0"/);

    await stamp("27.0.0");
    await link.running();
    const writer = await readDataWriter({ wsl, distro: "windlass-data", signal: LIMIT() });
    assert.match(writer ?? "", /^28\./);
  });
});
