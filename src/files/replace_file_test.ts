import assert from "node:assert/strict";
import { join } from "node:path";
import { replaceFile } from "./replace_file.ts";

async function temporaryFolder(): Promise<{ path: string; names(): string[] } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return {
    path,
    names: () => [...Deno.readDirSync(path)].map((entry) => entry.name).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("replaceFile() replaces the text and leaves nothing beside it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.json");
  await replaceFile(path, "one");
  await replaceFile(path, "two, longer");
  assert.equal(await Deno.readTextFile(path), "two, longer");
  assert.deepEqual(folder.names(), ["a.json"]);
});

Deno.test("replaceFile() makes a file that only its owner may read, unless the caller asks for another mode", async () => {
  await using folder = await temporaryFolder();
  await replaceFile(join(folder.path, "private"), "x");
  await replaceFile(join(folder.path, "public"), "x", { mode: 0o644 });
  const mode = async (name: string) => ((await Deno.stat(join(folder.path, name))).mode ?? 0) & 0o777;
  assert.deepEqual([await mode("private"), await mode("public")], [0o600, 0o644]);
});

Deno.test("replaceFile() keeps the old file and says why when it cannot write", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "taken");
  await Deno.mkdir(join(path, "inside"), { recursive: true });
  await assert.rejects(replaceFile(path, "x"), (error: Error) => {
    assert.ok(
      error.message.startsWith(`Cannot write '${path}': Is a directory (os error 21)`),
      error.message,
    );
    return true;
  });
  assert.deepEqual(folder.names(), ["taken"]);
});

Deno.test("replaceFile() removes old partial files of its own target only", async () => {
  await using folder = await temporaryFolder();
  const old = new Date(Date.now() - 3_600_000);
  for (const name of ["a.json.1.partial", "b.json.1.partial", "a.json.kept"]) {
    await Deno.writeTextFile(join(folder.path, name), "");
    await Deno.utime(join(folder.path, name), old, old);
  }
  await Deno.writeTextFile(join(folder.path, "a.json.2.partial"), "");
  await replaceFile(join(folder.path, "a.json"), "x");
  assert.deepEqual(folder.names(), ["a.json", "a.json.2.partial", "a.json.kept", "b.json.1.partial"]);
});
