import assert from "node:assert/strict";
import { relative } from "node:path";
import { DENO_FOLDER } from "./support/wine.ts";
import { openWindowsInstance, type WindowsInstance } from "./support/windows_instance.ts";

/** All of the registry that programs of a user write to. */
const HIVES = ["HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"];

/** Windows makes these for a user when a program first asks for certificates; a Wine that is new has none yet. */
const CERTIFICATE_STORES = "\\Microsoft\\SystemCertificates";

/** What a machine holds: every file of drive C but those of the tests' own Deno, and the registry. */
interface MachineState {
  readonly files: readonly string[];
  readonly registry: readonly string[];
}

/** Where Windlass lives for this user. */
const HOME = "users/Jo Müller/AppData/Local/Windlass/";

async function stateOf({ machine: { wine } }: WindowsInstance): Promise<MachineState> {
  const files: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(folder)) {
      const path = `${folder}/${entry.name}`;
      if (path === wine.toLinux(DENO_FOLDER)) continue;
      const name = relative(wine.driveC, path);
      if (entry.isDirectory) await walk(path);
      files.push(entry.isDirectory ? `${name}/` : `${name} ${(await Deno.lstat(path)).size}`);
    }
  };
  await walk(wine.driveC);
  const registry: string[] = [];
  for (const hive of HIVES) {
    let key = "";
    for (const line of (await wine.exportRegistry(hive)).split("\n")) {
      if (line.startsWith("[")) key = line;
      if (!key.includes(CERTIFICATE_STORES)) registry.push(`${key} ${line}`);
    }
  }
  return { files: files.sort(), registry };
}

Deno.test("windlass.exe goes from an empty profile to a container and away again without a trace", async (test) => {
  await using instance = await openWindowsInstance({ user: "Jo Müller" });
  const { docker } = instance;
  const before = await stateOf(instance);

  await test.step("start imports the distros and starts the engine", async () => {
    await instance.run(["start"]);
    const status = JSON.parse(await instance.run(["status", "--json"]));
    assert.equal(status.engine.state, "running");
    assert.equal((await stateOf(instance)).files.includes(HOME), true);
    assert.deepEqual(status.engine.listening, [
      "npipe:////./pipe/windlass_engine",
      "npipe:////./pipe/docker_engine",
    ]);
  });

  await test.step("docker.exe runs a container", async () => {
    assert.equal(await docker.run(["run", "--rm", "busybox", "echo", "hello"]), "hello");
  });

  await test.step("stop ends it, start brings it back with its data", async () => {
    await docker.run(["volume", "create", "kept"]);
    await instance.run(["stop"]);
    assert.match((await instance.attempt(["status"])).stdout, /not running|stopped/i);
    await instance.run(["start"]);
    assert.equal(await docker.run(["volume", "ls", "--quiet"]), "kept");
  });

  await test.step("uninstall leaves the machine as it was", async () => {
    await instance.run(["uninstall", "--yes"]);
    const after = await stateOf(instance);
    assert.deepEqual(difference(after.files, before.files), []);
    assert.deepEqual(difference(before.files, after.files), []);
    assert.deepEqual(difference(after.registry, before.registry), []);
    assert.deepEqual(difference(before.registry, after.registry), []);
  });
});

function difference(lines: readonly string[], without: readonly string[]): string[] {
  const known = new Set(without);
  return lines.filter((line) => !known.has(line));
}
