import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { CARRIED, openSampleHome, type SampleHome } from "../../tests/fakes/sample_version.ts";
import { engineRootfsId, engineRootfsLength, engineRootfsStream } from "./engine_rootfs_stream.ts";
import { openExecutable } from "./executable.ts";
import { openVersion } from "./open_version.ts";
import type { Payload } from "./payload.ts";

const RUNTIME = new Uint8Array(300_000).map((_, place) => place * 7);
const ROOTFS = new Uint8Array(700_000).map((_, place) => place % 253);
const RELEASE = new TextEncoder().encode("{}");

/** Installs a version with another runtime and root file system. */
async function install(sample: SampleHome): Promise<string> {
  const components = [
    await sample.stage("deno", RUNTIME, true),
    await sample.stage("rootfs", ROOTFS),
    sample.embedded("agent"),
  ];
  return await sample.store.install({ components, release: RELEASE });
}

async function contentOf(payload: Payload, name: string): Promise<Uint8Array> {
  const frame = await new Response(payload.storedStream(name) as ReadableStream<Uint8Array<ArrayBuffer>>)
    .bytes();
  assert.equal(frame.length, payload.component(name).storedLength);
  return new Uint8Array(zstdDecompressSync(frame));
}

Deno.test("openVersion() reads each component from where it is, as one frame of the length that is stated", async () => {
  await using sample = await openSampleHome();
  const id = await install(sample);
  using executable = await openExecutable(sample.executable);
  const version = await openVersion({ ...sample, executable, id });
  assert.deepEqual([version.id, version.components.map(({ name }) => name)], [id, [
    "deno",
    "rootfs",
    "agent",
  ]]);
  assert.deepEqual(await contentOf(version, "deno"), RUNTIME);
  assert.deepEqual(await contentOf(version, "rootfs"), ROOTFS);
  assert.deepEqual(await contentOf(version, "agent"), CARRIED.agent);
});

Deno.test("openVersion() of 'embedded' is what the executable carries", async () => {
  await using sample = await openSampleHome();
  using executable = await openExecutable(sample.executable);
  const version = await openVersion({ ...sample, executable, id: "embedded" });
  assert.equal(version.id, "embedded");
  assert.deepEqual(await contentOf(version, "rootfs"), CARRIED.rootfs);
});

Deno.test("engineRootfsStream() of an installed version has the length and id of its parts", async () => {
  await using sample = await openSampleHome();
  const id = await install(sample);
  using executable = await openExecutable(sample.executable);
  const version = await openVersion({ ...sample, executable, id });
  const embedded = await openVersion({ ...sample, executable, id: "embedded" });
  const joints = await frameBytes(embedded) - engineRootfsLength(embedded);
  const more = await frameBytes(version) - engineRootfsLength(version);
  assert.ok(Math.abs(more - joints) < 32, `${more} bytes between the parts, ${joints} in the executable`);
  assert.notEqual(engineRootfsId(version), engineRootfsId(embedded));
});

async function frameBytes(payload: Payload): Promise<number> {
  let length = 0;
  for await (const bytes of engineRootfsStream(payload)) length += bytes.length;
  return length;
}

for (const name of ["deno", "rootfs"]) {
  Deno.test(`Payload.storedStream() fails before the last bytes of a '${name}' that is not what was installed`, async () => {
    await using sample = await openSampleHome();
    using executable = await openExecutable(sample.executable);
    const version = await openVersion({ ...sample, executable, id: await install(sample) });
    const { id } = version.component(name);
    const path = `${sample.home}/components/${id}-${name}${name === "deno" ? "" : ".zst"}`;
    const bytes = await Deno.readFile(path);
    const flipped = bytes.slice();
    flipped[bytes.length - 1]! ^= 1;
    for (const wrong of [flipped, bytes.subarray(0, -1), new Uint8Array([...bytes, 0]), new Uint8Array(0)]) {
      await Deno.writeFile(path, wrong);
      let given = 0;
      await assert.rejects(async () => {
        for await (const part of version.storedStream(name)) given += part.length;
      }, {
        code: "WL_VERSION_INCOMPLETE",
        message: `Cannot read '${path}': its content is not what was installed`,
      });
      assert.ok(given < version.component(name).storedLength);
    }
    await Deno.remove(path);
    await assert.rejects(Array.fromAsync(version.storedStream(name)), {
      code: "WL_VERSION_INCOMPLETE",
      message: `Cannot read '${path}': No such file or directory (os error 2)`,
    });
  });
}

Deno.test("openVersion() says what is wrong with a version that cannot be opened", async () => {
  await using sample = await openSampleHome();
  const id = await install(sample);
  const index = `${sample.home}/versions/${id}.index`;
  const other = "0".repeat(64);
  const missing = "its index cannot be read: No such file or directory (os error 2)";
  using executable = await openExecutable(sample.executable);
  const rejects = (wanted: string, state: string) =>
    assert.rejects(openVersion({ ...sample, executable, id: wanted }), {
      code: "WL_VERSION_INCOMPLETE",
      message: `Cannot read version '${wanted}': ${state}`,
    });
  await rejects("../../x", "it is not the name of a version");
  await rejects(other, missing);
  await Deno.symlink(index, `${sample.home}/versions/${other}.index`);
  await rejects(other, "its index is damaged");
  await Deno.truncate(index, 200);
  await rejects(id, "its index is damaged");
});

Deno.test("Payload.component() of an installed version names what it does not have", async () => {
  await using sample = await openSampleHome();
  const id = await install(sample);
  using executable = await openExecutable(sample.executable);
  const version = await openVersion({ ...sample, executable, id });
  assert.throws(() => version.component("data-rootfs"), {
    code: "WL_VERSION_INCOMPLETE",
    message: `Cannot read version '${id}': it has no component 'data-rootfs'`,
  });
});
