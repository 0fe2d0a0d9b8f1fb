import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { writeBundle } from "../../../../scripts/release/write_bundle.ts";
import { parseRelease } from "../../../../src/update/release/release_document.ts";
import { SampleChannel, sampleRelease } from "../../../fakes/sample_release.ts";
import { openChannelLab } from "../../../support/channel_lab.ts";
import { runChecked } from "../../../support/run_command.ts";
import { createSignedChannel } from "../../../support/signed_channel.ts";

const { signal } = new AbortController();

/** A lab with a blob and its channel as a bundle that the system's tar made. */
async function openBundled(...tarArguments: string[]) {
  const lab = await openChannelLab();
  const bytes = new Uint8Array(700_001).map((_, at) => at % 253);
  const blob = lab.repository.addBlob(bytes);
  const bundle = join(lab.folder, "bundle.tar");
  await runChecked(["tar", "-C", lab.repository.folder, ...tarArguments, "-cf", bundle, "."]);
  return { lab, bytes, blob, bundle, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
}

for (const form of ["--format=gnu", "--format=ustar"]) {
  Deno.test(`a bundle as tar ${form} makes it is a channel, even after a download of it was cut`, async () => {
    await using bundled = await openBundled(form);
    const { lab, bundle, blob, bytes } = bundled;
    const path = join(lab.folder, "file");
    for (const url of [bundle, pathToFileURL(bundle).href]) {
      assert.equal(await lab.latest({ url }), "one");
      await Deno.writeFile(`${path}.part`, bytes.subarray(0, 300_000));
      await lab.client({ url }).fetchBlob(blob, path, { signal });
      assert.deepEqual(await Deno.readFile(path), bytes);
      await Deno.remove(path);
    }
    assert.deepEqual(lab.server.requests, []);
  });
}

Deno.test("a folder is a channel, as a path and as a file URL", async () => {
  await using bundled = await openBundled();
  const { lab, blob, bytes } = bundled;
  const { folder } = lab.repository;
  const path = join(lab.folder, "a file with spaces");
  for (const url of [folder, `${folder}/`, pathToFileURL(folder).href]) {
    assert.equal(await lab.latest({ url }), "one");
    await Deno.writeFile(`${path}.part`, bytes.subarray(0, 300_000));
    await lab.client({ url }).fetchBlob(blob, path, { signal });
    assert.deepEqual(await Deno.readFile(path), bytes);
    await Deno.remove(path);
  }
});

Deno.test("a folder in which a blob is a pipe, a device or without an end does not hold a client", async () => {
  await using bundled = await openBundled();
  const { lab, blob } = bundled;
  const { folder } = lab.repository;
  const place = join(folder, "blobs/sha256", blob.sha256.slice(0, 2), blob.sha256);
  const client = lab.client({ url: folder });
  const code = "WL_UPDATE_BLOB_MISSING";
  const message = `Cannot fetch from '${folder}': there is no '${place.slice(folder.length + 1)}'`;
  await Deno.remove(place);
  await runChecked(["mkfifo", place]);
  await assert.rejects(client.fetchBlob(blob, join(lab.folder, "file"), { signal }), { code, message });
  await Deno.remove(place);
  await Deno.symlink("/dev/zero", place);
  await assert.rejects(client.fetchBlob(blob, join(lab.folder, "file"), { signal }), { code, message });
});

Deno.test("a folder or bundle that does not exist is named by its path", async () => {
  await using lab = await openChannelLab();
  const url = join(lab.folder, "not there");
  await assert.rejects(lab.latest({ url }), {
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach '${url}': there is no such folder or file`,
  });
});

Deno.test("a bundle that was cut is refused, and one that was put right is read", async () => {
  await using bundled = await openBundled();
  const { lab, bundle } = bundled;
  const whole = await Deno.readFile(bundle);
  await Deno.writeFile(bundle, whole.subarray(0, whole.length - 400_000));
  const client = lab.client({ url: bundle });
  await assert.rejects(client.latest("stable.linux-x64", signal), (error: Error & { code: string }) => {
    assert.equal(error.code, "WL_UPDATE_BUNDLE_INVALID");
    assert.match(
      error.message,
      /^Cannot read the bundle '.*bundle\.tar': 'blobs\/.*' reaches beyond its end$/,
    );
    return true;
  });
  await Deno.writeFile(bundle, whole);
  assert.equal(new TextDecoder().decode(await client.latest("stable.linux-x64", signal)), "one");
});

Deno.test("a bundle with a link in it is refused as a whole", async () => {
  await using bundled = await openBundled();
  const { lab, bundle } = bundled;
  await Deno.symlink("/etc/passwd", join(lab.repository.folder, "metadata/9.root.json"));
  await runChecked(["tar", "-C", lab.repository.folder, "-cf", bundle, "."]);
  await assert.rejects(lab.latest({ url: bundle }), {
    code: "WL_UPDATE_BUNDLE_INVALID",
    message: `Cannot read the bundle '${bundle}': 'metadata/9.root.json' is neither a file nor a folder`,
  });
});

Deno.test("a bundle whose name leads out of it is refused, and nothing is written anywhere", async () => {
  await using bundled = await openBundled();
  const { lab, bundle } = bundled;
  await Deno.writeTextFile(join(lab.folder, "escaped"), "x");
  await runChecked(["tar", "-C", lab.repository.folder, "-P", "-cf", bundle, "../escaped", "."]);
  await assert.rejects(lab.latest({ url: bundle }), {
    message: `Cannot read the bundle '${bundle}': the name '../escaped' is not allowed`,
  });
  await assert.rejects(Deno.stat(join(dirname(lab.folder), "escaped")), Deno.errors.NotFound);
});

Deno.test("a bundle that was packed with other keys is not trusted", async () => {
  await using stranger = await openBundled();
  await using lab = await openChannelLab();
  await assert.rejects(lab.latest({ url: stranger.bundle }), {
    code: "WL_UPDATE_REJECTED",
    message: `Cannot trust the update channel '${stranger.bundle}': timestamp was signed by 0/1 keys`,
  });
});

Deno.test("a bundle of the release script is a channel, and has all that its release names", async () => {
  await using lab = await openChannelLab();
  await using channel = await createSignedChannel();
  const content = new TextEncoder().encode("console.log(1);\n".repeat(1_000));
  const source = new SampleChannel();
  const release = sampleRelease(source, [{ name: "app.js", content }]);
  for (const bytes of source.blobs.values()) await channel.putBlob(bytes);
  await channel.publish([release]);
  await channel.changeRoot();
  await channel.publishFiles({});
  const bundle = join(lab.folder, "bundle.tar");
  const { channel: name, platform } = release;
  await writeBundle({ folder: channel.folder, channel: name, platform, output: bundle });
  const client = lab.client({ url: bundle, root: channel.root });
  const latest = parseRelease(await client.latest(`${name}.${platform}`, signal));
  assert.deepEqual(latest, release);
  for (const [sha256, bytes] of source.blobs) {
    const path = join(lab.folder, sha256);
    await client.fetchBlob({ sha256, length: bytes.length }, path, { signal });
    assert.deepEqual(new Uint8Array(await Deno.readFile(path)), bytes);
  }
});
