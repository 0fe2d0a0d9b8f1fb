import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../../support/repository.ts";
import { eventually } from "../../support/eventually.ts";
import { listProcesses } from "../../support/process_tree.ts";
import { writeDataArchive } from "../../support/small_distros.ts";
import { openWindowsMachine, type WindowsMachine } from "../support/windows_machine.ts";
import { processesOfPrefix } from "../support/wine_prefix.ts";
import { LXSS_KEY } from "./stub/lxss_mirror.ts";

const SCRIPT = join(REPOSITORY, "tests/windows/wsl/driver_program.ts");
const WSL = "C:\\Program Files\\WSL\\wsl.exe";
const NOTES_KEY = "HKEY_CURRENT_USER\\Software\\Windlass";
const FOLDER = "C:\\users\\root\\distros";
const ARCHIVE = "C:\\users\\root\\data.tar.zst";

async function drive({ wine }: WindowsMachine, ...words: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await wine.run(wine.denoScript(SCRIPT, words));
  assert.equal(code, 0, stderr);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

async function openMachine(): Promise<WindowsMachine> {
  await using owned = new AsyncDisposableStack();
  const machine = owned.use(await openWindowsMachine());
  await Deno.mkdir(join(machine.wine.profile, "distros"));
  await writeDataArchive(join(machine.wine.profile, "data.tar.zst"));
  owned.move();
  return machine;
}

async function registryOf({ wine }: WindowsMachine): Promise<readonly string[]> {
  return await Promise.all([LXSS_KEY, NOTES_KEY].map((key) => wine.exportRegistry(key)));
}

const IMPORT = ["import", "windlass-data", `${FOLDER}\\windlass-data`, ARCHIVE];
const done = { result: null };

Deno.test("an import, a run and a removal leave the user's registry as it was", async () => {
  await using machine = await openMachine();
  const before = await registryOf(machine);
  assert.deepEqual(await drive(machine, ...IMPORT, "list", "run", "windlass-data"), [
    done,
    {
      result: [{
        name: "windlass-data",
        state: "registered",
        version: 2,
        isDefault: true,
        directory: `${FOLDER}\\windlass-data`,
      }],
    },
    { result: { exitCode: 0, stdout: "größer\n", stderr: "e\n" } },
  ]);
  const [lxss, notes] = await registryOf(machine);
  assert.match(lxss!, /^"OOBEComplete"=dword:00000001$/m);
  assert.match(notes!, /^"WslWelcomeSkipped"=dword:00000001$/m);

  assert.deepEqual(await drive(machine, "unregister", "windlass-data", "restore"), [done, done]);
  assert.deepEqual(await registryOf(machine), before);
  // The list comes from the registry: wsl.exe would wait for every distro that boots or hangs.
  assert.deepEqual(machine.wsl.calls.map(({ args }) => args[0]), [
    "--import",
    "--distribution",
    "--unregister",
  ]);
});

Deno.test("wsl.exe says which distros run, and whose a program is without a user", async () => {
  await using machine = await openMachine();
  await drive(machine, ...IMPORT);
  assert.deepEqual(await drive(machine, "running", "running-with", "windlass-data"), [
    { result: [] },
    { result: ["windlass-data"] },
  ]);
  const [user] = await drive(machine, "own-user", "windlass-data");
  assert.deepEqual(user, { result: { exitCode: 0, stdout: "root\n", stderr: "" } });
  const words = ["--distribution", "windlass-data", "--cd", "/", "--exec", "/bin/sh", "-c", "echo $USER"];
  assert.deepEqual(machine.wsl.calls.at(-1)?.args, words);
  assert.deepEqual(await drive(machine, "terminate", "windlass-data", "running"), [done, { result: [] }]);
  await drive(machine, "unregister", "windlass-data", "restore");
});

Deno.test("a distro of the user's becomes the default in place of ours, once", async () => {
  await using machine = await openMachine();
  const { wine } = machine;
  await wine.importRegistry(`[${LXSS_KEY}]\n"OOBEComplete"=dword:00000001\n`);
  await drive(machine, ...IMPORT);
  const isDefault = async (name: string) => {
    const [listed] = await drive(machine, "list") as { result: { name: string; isDefault: boolean }[] }[];
    return listed?.result.find((distro) => distro.name === name)?.isDefault;
  };
  assert.deepEqual(await drive(machine, "terminate", "windlass-data"), [done]);
  assert.equal(await isDefault("windlass-data"), true);

  const call = async (...args: string[]) => assert.equal((await wine.run({ program: WSL, args })).code, 0);
  await call("--import", "mine", `${FOLDER}\\mine`, ARCHIVE, "--version", "2");
  await drive(machine, "terminate", "windlass-data");
  assert.equal(await isDefault("mine"), true);

  await call("--set-default", "windlass-data"); // the user's own will
  await drive(machine, "terminate", "windlass-data");
  assert.equal(await isDefault("windlass-data"), true);

  await drive(machine, "unregister", "windlass-data", "restore");
  const [lxss, notes] = await registryOf(machine);
  assert.match(lxss!, /^"OOBEComplete"=dword:00000001$/m); // it existed before us
  assert.equal(notes, "");
});

Deno.test("wsl.exe ends with the process that started it, even if that is killed", async () => {
  await using machine = await openWindowsMachine();
  const { wine } = machine;
  machine.wsl.script(() => ({ hangs: true }));
  const program = wine.denoScript(SCRIPT, ["processes"]);
  // Other machines of other tests have such programs as well.
  const calls = async () => {
    const ours = await processesOfPrefix(wine.prefix.path);
    return (await listProcesses()).filter(({ pid, arguments: words }) =>
      ours.includes(pid) && words.includes("/bin/program")
    );
  };
  {
    await using process = wine.start(program);
    await process.waitFor(/"pid"/);
    await eventually(async () => assert.equal((await calls()).length, 1));
    process.kill("SIGKILL");
  }
  await eventually(async () => assert.deepEqual(await calls(), []));
});
