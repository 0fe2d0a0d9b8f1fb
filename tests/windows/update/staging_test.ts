import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { nameOf, sampleDelta } from "../../fakes/sample_delta.ts";
import { sampleExecutable } from "../../fakes/sample_executable.ts";
import { SampleChannel, sampleRelease } from "../../fakes/sample_release.ts";
import { blobPath, encodeRelease } from "../../../src/update/release/release_document.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { runChecked } from "../../support/run_command.ts";
import { openWine } from "../support/wine.ts";

const FOLDER = "C:\\users\\root\\AppData\\Local\\Windlass";
const OLD = new Uint8Array(3_000_000).map((_, place) => place >> 6);
const NEW = OLD.map((byte, place) => place % 10_007 === 0 ? byte + 1 : byte);
const DELTA = sampleDelta({
  base: OLD,
  result: NEW,
  operations: [{ kind: "add", offset: 0, length: NEW.length }],
  differences: NEW.map((byte, place) => byte - OLD[place]!),
});

Deno.test("in deno.exe a release is staged by delta and whole, and found again", async () => {
  await using cleanup = new AsyncDisposableStack();
  const wine = cleanup.use(await openWine());
  const channel = new SampleChannel();
  const release = sampleRelease(channel, [
    { name: "rootfs", content: NEW, deltas: [{ from: OLD, bytes: DELTA }] },
    { name: "deno", content: NEW.subarray(1), unpack: true },
  ]);
  const components = release.components.map((one) => ({ ...one, executable: one.name === "deno" }));
  const home = wine.toLinux(FOLDER);
  for (const [sha256, bytes] of channel.blobs) {
    const path = join(home, "channel", blobPath(sha256));
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
  await Deno.writeFile(join(home, "windlass.exe"), sampleExecutable({ rootfs: OLD }).bytes);
  await Deno.writeFile(join(home, "release.json"), encodeRelease({ ...release, components }));
  const script = join(wine.driveC, "stage_release_program.js");
  const source = join(REPOSITORY, "tests/support/stage_release_program.ts");
  await runChecked([Deno.execPath(), "bundle", "--quiet", "--platform=deno", "--output", script, source]);
  const argument = JSON.stringify({
    release: `${FOLDER}\\release.json`,
    url: `${FOLDER}\\channel`,
    executable: `${FOLDER}\\windlass.exe`,
    directory: `${FOLDER}\\update\\staging`,
    metadata: `${FOLDER}\\update\\tuf`,
  });
  const stage = async () => {
    const { code, stdout, stderr } = await wine.run(wine.denoScript(script, [argument]));
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };

  const staged = await stage();
  const staging = join(home, "update/staging");
  const rootfs = `${nameOf(NEW).id}-rootfs.zst`;
  const deno = `${nameOf(NEW.subarray(1)).id}-deno.exe`;
  assert.deepEqual([...Deno.readDirSync(staging)].map(({ name }) => name).sort(), [rootfs, deno].sort());
  const frame = await Deno.readFile(join(staging, rootfs));
  const { id, length } = nameOf(frame);
  assert.deepEqual(staged[0].source, {
    path: `${FOLDER}\\update\\staging\\${rootfs}`,
    storedDigest: id,
    storedLength: length,
  });
  assert.equal(nameOf(new Uint8Array(zstdDecompressSync(frame))).id, nameOf(NEW).id);
  assert.deepEqual(nameOf(await Deno.readFile(join(staging, deno))), nameOf(NEW.subarray(1)));

  await Deno.remove(join(home, "channel"), { recursive: true });
  assert.deepEqual(await stage(), staged);
});
