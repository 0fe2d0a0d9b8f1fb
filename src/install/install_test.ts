import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { sampleExecutable } from "../../tests/fakes/sample_executable.ts";
import { openTemporaryFolder } from "../../tests/support/temporary_folder.ts";
import { NEVER } from "../timing/sleep.ts";
import { install, type InstallOptions } from "./install.ts";
import { lockInstallation } from "./install_lock.ts";
import { formatMarker, lockFile, markerFile, parseMarker, readMarker } from "./install_marker.ts";
import { type InstallPlan, planInstall } from "./install_plan.ts";
import { removeInstallation } from "./remove_installation.ts";

const VERSIONS = ["one", "two"].map((app) => sampleExecutable({ app: new TextEncoder().encode(app) }).bytes);

/** A Linux machine that is a folder. */
async function openMachine() {
  const folder = await openTemporaryFolder("windlass-install");
  const home = join(folder.path, "home");
  await Deno.mkdir(home);
  const downloads = VERSIONS.map((_, index) => join(folder.path, `download-${index}`));
  for (const [index, path] of downloads.entries()) await Deno.writeFile(path, VERSIONS[index]!);
  const plan = planInstall({ system: "linux", environment: { HOME: home }, path: true, installedBy: "user" });
  const told: string[] = [];
  const options = (version = 0): InstallOptions => ({
    executable: downloads[version]!,
    version: "1.0.0",
    variables: {},
    signal: NEVER,
    tell: (line) => void told.push(line),
  });
  return {
    home,
    plan,
    told,
    install: (version?: number, changed: Partial<InstallPlan> = {}) =>
      install({ ...plan, ...changed }, options(version)),
    remove: () => removeInstallation(plan.program, { system: "linux", temporaryFolder: folder.path }),
    files: async () => (await filesIn(home)).map((path) => path.slice(home.length + 1)).sort(),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    paths.push(path, ...entry.isDirectory ? await filesIn(path) : []);
  }
  return paths;
}

const INSTALLED = [
  ".local",
  ".local/bin",
  ".local/bin/windlass",
  ".local/bin/windlass-install.json",
  ".local/share",
  ".local/share/applications",
  ".local/share/applications/windlass.desktop",
];

Deno.test("install() puts program, menu entry and marker in place, and says what it does", async () => {
  await using machine = await openMachine();
  assert.equal(await machine.install(), true);
  assert.deepEqual(await machine.files(), INSTALLED);
  assert.deepEqual(machine.told, [
    `Copied to '${machine.plan.program}'`,
    `Added to the menu: '${machine.plan.menuEntry}'`,
  ]);
  assert.equal(
    await Deno.readTextFile(machine.plan.menuEntry),
    "[Desktop Entry]\nType=Application\nName=Windlass\nComment=Docker engine for Windows and Linux in one executable\n" +
      `Exec=${machine.plan.program} open\nTerminal=true\nCategories=Development;\n`,
  );
  const marker = await readMarker(machine.plan.program);
  assert.deepEqual([marker?.complete, marker?.installedBy, marker?.path], [true, "user", null]);
});

Deno.test("install() repeated changes nothing, with a newer version the program, and repairs what is missing", async () => {
  await using machine = await openMachine();
  await machine.install();
  machine.told.length = 0;
  assert.equal(await machine.install(), false);
  assert.deepEqual(machine.told, [`'${machine.plan.program}' is already this version`]);
  await Deno.remove(machine.plan.menuEntry);
  await Deno.writeTextFile(`${machine.plan.program}.${crypto.randomUUID()}.partial`, "cut off");
  assert.equal(await machine.install(1), true);
  assert.deepEqual(await Deno.readFile(machine.plan.program), VERSIONS[1]);
  assert.deepEqual(await machine.files(), INSTALLED);
});

Deno.test("removeInstallation() leaves the machine as it was before, even after several installations", async () => {
  await using machine = await openMachine();
  await machine.install();
  await machine.install(1);
  assert.equal(await machine.remove(), undefined);
  assert.deepEqual(await machine.files(), []);
});

Deno.test("removeInstallation() undoes an installation that was cut off, and leaves what others have added", async () => {
  await using machine = await openMachine();
  await assert.rejects(machine.install(0, { menuEntry: "/proc/1/windlass.desktop" }), {
    code: "WL_FILE_NOT_WRITABLE",
  });
  assert.equal((await readMarker(machine.plan.program))?.complete, false);
  await machine.install();
  await Deno.writeTextFile(join(dirname(machine.plan.program), "mine"), "");
  await machine.remove();
  assert.deepEqual(await machine.files(), [".local", ".local/bin", ".local/bin/mine"]);
});

Deno.test("install() and removeInstallation() leave no file that one which was killed had begun", async () => {
  await using machine = await openMachine();
  await machine.install();
  const { program, menuEntry } = machine.plan;
  const begin = async () => {
    for (const path of [program, markerFile(program), menuEntry]) {
      await Deno.writeTextFile(`${path}.${crypto.randomUUID()}.partial`, "");
    }
  };
  await begin();
  await machine.install();
  assert.deepEqual(await machine.files(), INSTALLED);
  await begin();
  await machine.remove();
  assert.deepEqual(await machine.files(), []);
});

Deno.test("install() refuses while another process changes the installation, and continues after it", async () => {
  await using machine = await openMachine();
  await machine.install();
  const lock = lockFile(machine.plan.program);
  {
    using _held = await lockInstallation(lock);
    await assert.rejects(machine.install(), {
      code: "WL_INSTALL_BUSY",
      message: `Cannot change the installation: another process holds '${lock}'`,
    });
    await assert.rejects(machine.remove(), { code: "WL_INSTALL_BUSY" });
  }
  assert.equal(await machine.install(), false);
});

Deno.test("install() names a folder that cannot be made", async () => {
  await using machine = await openMachine();
  await Deno.writeTextFile(join(machine.home, ".local"), "a file");
  await assert.rejects(machine.install(), {
    code: "WL_INSTALL_FOLDER",
    message: `Cannot install into '${machine.plan.folder}': Not a directory (os error 20)`,
  });
});

Deno.test("parseMarker() reads what formatMarker() writes, and takes nothing else for a marker", async () => {
  await using machine = await openMachine();
  const marker = {
    format: 1,
    installedBy: "winget",
    complete: true,
    path: { existed: false },
    files: ["C:\\x.lnk"],
    folders: [],
  } as const;
  assert.deepEqual(parseMarker(formatMarker({ ...marker, files: [...marker.files], folders: [] })), marker);
  for (const text of ["", "{}", "[1", JSON.stringify({ ...marker, format: 2 })]) {
    assert.equal(parseMarker(text), undefined, text);
  }
  assert.equal(await readMarker(machine.plan.program), undefined);
  assert.equal(markerFile("/a/b/windlass"), "/a/b/windlass-install.json");
});
