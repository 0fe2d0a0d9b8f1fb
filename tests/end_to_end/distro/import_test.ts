import assert from "node:assert/strict";
import { join } from "node:path";
import { distroNames } from "../../../src/provisioning/distro_names.ts";
import { openDistroRecord } from "../../../src/provisioning/distro_record.ts";
import { NO_LOG } from "../../../src/logging/log.ts";
import { createLinuxWsl, type LinuxWsl } from "../../support/linux_wsl.ts";
import { killAt, optionsFor, readIn, writeArchives } from "../../support/import_trial.ts";
import { listProcesses } from "../../support/process_tree.ts";
import { runChecked } from "../../support/run_command.ts";
import { writeArchiveOfNoDistro } from "../../support/small_distros.ts";
import { ensureBoth } from "./fixtures/import_process.ts";

const VOLUME = "/var/lib/windlass/precious";

const ensure = (options: Parameters<typeof ensureBoth>[0]) => ensureBoth(options, () => Promise.resolve());

async function assertRight(machine: LinuxWsl, id: string): Promise<void> {
  const names = (await machine.wsl.list()).map((distro) => distro.name).sort();
  assert.deepEqual(names, ["windlass", "windlass-data"]);
  assert.equal(await readIn(machine, "windlass", "/etc/content"), id);
  assert.equal(await readIn(machine, "windlass", "/usr/lib/windlass/agent.js"), `// ${id}\n`);
  const record = await openDistroRecord(join(machine.home, "distros.json"), distroNames(), NO_LOG);
  assert.deepEqual([record.engines["windlass"]?.rootfsId, record.data?.state], [id, "ready"]);
}

Deno.test("a first start ends right when the importing process is killed at any point", async (test) => {
  await using archives = await writeArchives(["A", "B"]);
  for (let stopAt = 0, killed = true; killed; stopAt++) {
    await using machine = await createLinuxWsl();
    const options = optionsFor(machine, archives, "A");
    const point = await killAt(options, stopAt);
    killed = point !== null;
    if (!killed) assert.ok(stopAt > 15, `only ${stopAt} points were tried`);
    await test.step(point ?? "not killed", async () => {
      await ensure(options);
      await assertRight(machine, "A");
    });
  }
});

Deno.test("an upgrade keeps the data when the importing process is killed at any point", async (test) => {
  await using archives = await writeArchives(["A", "B"]);
  await using machine = await createLinuxWsl();
  await ensure(optionsFor(machine, archives, "A"));
  const write = ["/bin/sh", "-c", `echo data > ${VOLUME}`] as const;
  await machine.wsl.run({ distro: "windlass-data", argv: write });
  for (let stopAt = 0, killed = true; killed; stopAt++) {
    const point = await killAt(optionsFor(machine, archives, "B"), stopAt);
    killed = point !== null;
    await test.step(point ?? "not killed", async () => {
      await ensure(optionsFor(machine, archives, "B"));
      await assertRight(machine, "B");
      assert.equal(await readIn(machine, "windlass-data", VOLUME), "data\n");
      await ensure(optionsFor(machine, archives, "A")); // the older executable again
      await assertRight(machine, "A");
    });
  }
  assert.equal(await readIn(machine, "windlass-data", VOLUME), "data\n");
});

Deno.test("an import whose wsl is killed says so, and the next one succeeds", async () => {
  await using archives = await writeArchives(["A", "B"]);
  await using machine = await createLinuxWsl();
  const options = optionsFor(machine, archives, "A");
  const killWsl = async (point: string) => {
    if (point !== "during import windlass") return;
    const target = join(machine.home, "distros/windlass");
    const wsl = (await listProcesses()).filter(({ arguments: args }) =>
      args.includes("--import") && args.includes(target)
    );
    for (const { pid } of wsl) Deno.kill(pid, "SIGKILL");
    assert.equal(wsl.length, 1);
  };
  await assert.rejects(ensureBoth(options, killWsl), {
    code: "WL_DISTRO_IMPORT_FAILED",
    message: "Cannot import the distro 'windlass': wsl ended with exit code 137",
  });
  await ensure(options);
  await assertRight(machine, "A");
});

Deno.test("a lost record costs no data", async () => {
  await using archives = await writeArchives(["A", "B"]);
  await using machine = await createLinuxWsl();
  await ensure(optionsFor(machine, archives, "A"));
  await machine.wsl.run({ distro: "windlass-data", argv: ["/bin/sh", "-c", `echo data > ${VOLUME}`] });
  await Deno.remove(join(machine.home, "distros.json"));
  await ensure(optionsFor(machine, archives, "A"));
  await assertRight(machine, "A");
  assert.equal(await readIn(machine, "windlass-data", VOLUME), "data\n");
});

for (
  const [what, write, state] of [
    [
      "is not a distro",
      writeArchiveOfNoDistro,
      "the archive does not contain a Linux distro; wsl ended with Wsl/Service/RegisterDistro/WSL_E_NOT_A_LINUX_DISTRO",
    ],
    [
      "is not an archive",
      (path: string) => Deno.writeTextFile(path, "x".repeat(100_000)),
      "the archive could not be unpacked; wsl ended with Wsl/Service/RegisterDistro/WSL_E_IMPORT_FAILED",
    ],
  ] as const
) {
  Deno.test(`an engine archive that ${what} is refused, and nothing is left`, async () => {
    await using archives = await writeArchives(["A", "B"]);
    await using machine = await createLinuxWsl();
    await write(join(archives.folder, "A"));
    await assert.rejects(ensure(optionsFor(machine, archives, "A")), {
      code: "WL_ROOTFS_INVALID",
      message: `Cannot import the distro 'windlass': ${state}`,
    });
    assert.deepEqual((await machine.wsl.list()).map((distro) => distro.name), ["windlass-data"]);
    await assert.rejects(Deno.stat(join(machine.home, "distros/windlass")), Deno.errors.NotFound);
  });
}

Deno.test("an import onto a full disk says so, leaves nothing, and succeeds once there is room", async () => {
  await using archives = await writeArchives(["A", "B"]);
  await using machine = await createLinuxWsl();
  const disk = join(machine.home, "distros");
  await Deno.mkdir(disk);
  await runChecked(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
  const options = optionsFor(machine, archives, "A");
  await assert.rejects(ensure(options), {
    code: "WL_NO_SPACE",
    message: `Cannot import the distro 'windlass': the disk of '${disk}/windlass' is full`,
  });
  assert.deepEqual([...Deno.readDirSync(disk)].map((entry) => entry.name), ["windlass-data"]);
  await runChecked(["mount", "-o", "remount,size=200m", disk]);
  await ensure(options);
  await assertRight(machine, "A");
});
