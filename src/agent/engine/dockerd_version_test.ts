import assert from "node:assert/strict";
import { join } from "node:path";
import { dockerdVersion } from "./dockerd_version.ts";

interface Place extends AsyncDisposable {
  readonly paths: { readonly dockerd: string; readonly cacheFile: string };
  /** How often the program was run. */
  runs(): number;
  write(lines: string): Promise<void>;
}

async function openPlace(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "windlass-version-" });
  const dockerd = join(folder, "dockerd");
  const count = join(folder, "count");
  return {
    paths: { dockerd, cacheFile: join(folder, "cache/windlass/version.json") },
    runs: () => {
      try {
        return Deno.readTextFileSync(count).length;
      } catch {
        return 0;
      }
    },
    write: async (lines) => {
      // Another process writes it: a child that another test is just starting would have a file that is open here, and
      // nothing runs a program that is open for writing.
      const script = `#!/bin/sh\nprintf x >>'${count}'\n${lines}\n`;
      const args = ["-c", 'printf %s "$1" >"$0" && chmod 755 "$0"', `${dockerd}.new`, script];
      assert.ok((await new Deno.Command("sh", { args }).output()).success);
      await Deno.rename(`${dockerd}.new`, dockerd);
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("dockerdVersion() asks dockerd once, and again when that is another", async () => {
  await using place = await openPlace();
  await place.write("echo 'Docker version 28.5.2+dfsg4, build 3ef3c07'");
  assert.equal(await dockerdVersion(place.paths), "28.5.2+dfsg4");
  assert.equal(await dockerdVersion(place.paths), "28.5.2+dfsg4");
  assert.equal(place.runs(), 1);
  await place.write("echo 'Docker version 29.0.1, build 3ef3c07'");
  assert.equal(await dockerdVersion(place.paths), "29.0.1");
  assert.equal(place.runs(), 2);
});

Deno.test("dockerdVersion() asks again when what it has kept is cut off", async () => {
  await using place = await openPlace();
  await place.write("echo 'Docker version 29.0.1, build 3ef3c07'");
  await dockerdVersion(place.paths);
  await Deno.writeTextFile(place.paths.cacheFile, '{"identity":');
  assert.equal(await dockerdVersion(place.paths), "29.0.1");
  assert.equal(place.runs(), 2);
});

for (const lines of ["echo 'Docker version 29.0.1, build 3ef3c07'; exit 1", "echo hello", "exit 0"]) {
  Deno.test(`dockerdVersion() knows none from a dockerd that does '${lines}'`, async () => {
    await using place = await openPlace();
    await place.write(lines);
    assert.equal(await dockerdVersion(place.paths), undefined);
  });
}

Deno.test("dockerdVersion() knows none where there is no dockerd, or none that runs", async () => {
  await using place = await openPlace();
  assert.equal(await dockerdVersion(place.paths), undefined);
  await Deno.writeTextFile(place.paths.dockerd, "no program");
  assert.equal(await dockerdVersion(place.paths), undefined);
});
