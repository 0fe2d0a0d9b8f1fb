import assert from "node:assert/strict";
import { openExecutable } from "../../../src/payload/executable.ts";
import {
  componentFiles,
  makeShellExecutable,
  mountMemory,
  type SmallExecutable,
} from "./small_executable.ts";

const KILLS = 10;
const STARTS_AT_ONCE = 6;

/** Components and stamps that a home has after a start, sorted, and nothing else. */
async function expectedFiles(executable: SmallExecutable): Promise<readonly string[]> {
  using opened = await openExecutable(executable.path);
  const names = opened.components.filter(({ unpack }) => unpack).map(({ id, name }) => `${id}-${name}`);
  return names.flatMap((name) => [name, `${name}.stamp`]).sort();
}

async function componentPath(executable: SmallExecutable, home: string, name: string): Promise<string> {
  using opened = await openExecutable(executable.path);
  return `${home}/components/${opened.component(name).id}-${name}`;
}

function tamperedMessage(path: string): string {
  return `windlass: Cannot trust '${path}': its content is not the one that the executable carries\n` +
    "  WL_COMPONENT_TAMPERED: Find out what changed the file; Windlass replaces it from the executable.\n";
}

Deno.test("windlass started several times at once unpacks once and for all", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  const runs = Array.from({ length: STARTS_AT_ONCE }, () => executable.run(home, ["5"]));
  for (const { code, stderr } of await Promise.all(runs)) assert.deepEqual([code, stderr], [5, ""]);
  assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
});

Deno.test("windlass killed at any moment of unpacking leaves nothing that the next start does not clear away", async () => {
  await using executable = await makeShellExecutable();
  const started = performance.now();
  assert.equal((await executable.run(executable.newHome())).code, 0);
  const milliseconds = performance.now() - started;
  for (let kill = 0; kill < KILLS; kill++) {
    const home = executable.newHome();
    const env = { PATH: "/usr/bin:/bin", WINDLASS_HOME: home };
    const child = new Deno.Command(executable.path, { clearEnv: true, env, stdout: "null", stderr: "null" })
      .spawn();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * milliseconds));
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it had already ended
    }
    await child.status;
    const { code, stderr } = await executable.run(home, ["5"]);
    assert.deepEqual([code, stderr], [5, ""]);
    assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("windlass clears away partial files of dead processes, not those of living ones", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  const name = `${home}/components/${"a".repeat(64)}-deno`;
  await Deno.mkdir(`${home}/components`, { recursive: true });
  await Deno.writeTextFile(`${name}.1-1.partial`, "left by a dead process");
  await Deno.writeTextFile(`${name}.2-1.partial`, "");
  {
    using living = await Deno.open(`${name}.2-1.partial`, { read: true, write: true });
    await living.lock(true);
    assert.equal((await executable.run(home)).code, 0);
  }
  const partials = (await componentFiles(home)).filter((file) => file.endsWith(".partial"));
  assert.deepEqual(partials, [`${"a".repeat(64)}-deno.2-1.partial`]);
});

Deno.test("windlass on a full disk says how much is needed and leaves nothing", async () => {
  await using executable = await makeShellExecutable();
  await using _disk = await mountMemory(`${executable.folder}/disk`, "size=1m");
  const { code, stdout, stderr } = await executable.run(`${executable.folder}/disk/home`);
  assert.deepEqual([code, stdout], [4, ""]);
  assert.equal(
    stderr,
    `windlass: Cannot unpack Windlass into '${executable.folder}/disk/home/components': 48.1 MiB are needed and 1.0 MiB are free\n` +
      "  WL_NO_SPACE: Free some space on that disk, or set WINDLASS_HOME to a folder on another one, and try again.\n",
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${executable.folder}/disk`)), []);
});

Deno.test("windlass on a disk that takes no more files says so and leaves nothing", async () => {
  await using executable = await makeShellExecutable();
  await using _disk = await mountMemory(`${executable.folder}/disk`, "size=100m,nr_inodes=3");
  const { code, stderr } = await executable.run(`${executable.folder}/disk/home`);
  assert.equal(code, 4);
  assert.equal(
    stderr,
    `windlass: Cannot unpack component 'deno' into '${executable.folder}/disk/home/components': no space is left on the disk\n` +
      "  WL_NO_SPACE: Free some space on that disk, or set WINDLASS_HOME to a folder on another one, and try again.\n",
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${executable.folder}/disk`)), []);
});

Deno.test("windlass on a file system that programs may not run from says so", async () => {
  await using executable = await makeShellExecutable();
  await using _disk = await mountMemory(`${executable.folder}/disk`, "size=100m,noexec");
  const home = `${executable.folder}/disk/home`;
  const { code, stderr } = await executable.run(home);
  assert.deepEqual([code, stderr], [
    6,
    `windlass: Cannot run '${await componentPath(executable, home, "deno")}': Permission denied\n` +
    "  WL_RUNTIME_NOT_STARTED: Set WINDLASS_HOME to a folder on a file system that programs may run from.\n",
  ]);
});

Deno.test("windlass names a component that was changed, and repairs it", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  await executable.run(home);
  const path = await componentPath(executable, home, "app");
  const original = await Deno.readTextFile(path);
  const changes: Record<string, () => Promise<void>> = {
    "same length": () => Deno.writeTextFile(path, original.replace("the", "teh")),
    "shorter": () => Deno.truncate(path, 10),
    "a link": () => Deno.remove(path).then(() => Deno.symlink("/etc/passwd", path)),
  };
  for (const [what, change] of Object.entries(changes)) {
    await change();
    const { code, stderr } = await executable.run(home, ["5"]);
    assert.deepEqual([code, stderr], [5, tamperedMessage(path)], what);
    assert.equal(await Deno.readTextFile(path), original);
    assert.equal((await Deno.lstat(path)).isFile, true);
    assert.deepEqual(await executable.run(home, ["5"]).then((next) => next.stderr), "");
  }
});

Deno.test("windlass does not mind components that were copied or lost their permissions, or lost stamps", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  await executable.run(home);
  const path = await componentPath(executable, home, "deno");
  const changes = [
    () => Deno.chmod(path, 0o600),
    () => Deno.utime(path, 0, 0),
    () => Deno.remove(`${path}.stamp`),
    () => Deno.writeTextFile(`${path}.stamp`, "nonsense"),
    () => Deno.remove(path),
  ];
  for (const change of changes) {
    await change();
    const { code, stderr } = await executable.run(home, ["5"]);
    assert.deepEqual([code, stderr], [5, ""]);
    assert.deepEqual(await componentFiles(home), await expectedFiles(executable));
  }
});

Deno.test("windlass that unpacks something removes what no version has in use, and nothing else", async () => {
  await using executable = await makeShellExecutable();
  const home = executable.newHome();
  // Random: the command lines of all processes are searched, those of the same test elsewhere too.
  const [old = "", used = ""] = [1, 2].map(() => crypto.getRandomValues(new Uint8Array(32)).toHex());
  const kept = ["notes.txt", `${old}-deno copy`, `${old.slice(1)}-deno`];
  const otherVersion = [`${old}-app`, `${old}-app.stamp`, `${used}-deno`];
  await Deno.mkdir(`${home}/components`, { recursive: true });
  for (const name of [...otherVersion, ...kept]) await Deno.writeTextFile(`${home}/components/${name}`, "");
  {
    await using user = new Deno.Command("sh", { args: ["-c", "read line", `${used}-deno`], stdin: "piped" })
      .spawn();
    await executable.run(home);
    await user.stdin.close();
    await user.status;
  }
  const expected = [...await expectedFiles(executable), ...kept];
  assert.deepEqual(await componentFiles(home), [...expected, ...otherVersion].sort());

  await Deno.remove(await componentPath(executable, home, "app"));
  await executable.run(home);
  assert.deepEqual(await componentFiles(home), expected.sort());
});
