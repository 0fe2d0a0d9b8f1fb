import assert from "node:assert/strict";
import { join } from "node:path";
import { cp } from "node:fs/promises";
import type { ChannelLimits } from "../../../../src/update/channel/channel_limits.ts";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import { createSigningKey } from "../../../support/channel_repository.ts";
import { type ChannelServer, openChannelServer } from "../../../support/channel_server.ts";

const { signal } = new AbortController();
const BLOB_BYTES = 400_000;

/** A lab with a second server of the same folder, and a client that knows both. */
async function openTwo(limits: Partial<ChannelLimits> = {}) {
  await using cleanup = new AsyncDisposableStack();
  const lab = cleanup.use(await openChannelLab());
  const mirror = cleanup.use(openChannelServer(lab.repository.folder));
  const client = lab.client({ mirrors: [mirror.url], limits });
  const latest = async () => new TextDecoder().decode(await client.latest(RELEASE, signal));
  const owned = cleanup.move();
  return { lab, mirror, client, latest, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function addBlob({ repository }: ChannelLab, salt: number) {
  const bytes = new Uint8Array(BLOB_BYTES).map((_, at) => (at * 7 + salt) % 251);
  return { bytes, ...repository.addBlob(bytes) };
}

/** Which events were logged of which source. */
function told({ lines }: ChannelLab, source: string): string[] {
  return lines.filter(({ fields }) => fields?.["source"] === source).map(({ event }) => event);
}

function blobRequests(server: ChannelServer): number {
  return server.requests.filter(({ path }) => path.startsWith("blobs/")).length;
}

Deno.test("a check asks the mirror when the channel does not answer", async () => {
  await using two = await openTwo();
  two.lab.server.break("", { kind: "status", status: 503 });
  assert.equal(await two.latest(), "one");
  assert.deepEqual(told(two.lab, two.lab.server.url), ["update.source.failed"]);
  assert.deepEqual(two.mirror.requests.map(({ path }) => path.replace(/[0-9a-f]{64}/, "HASH")), [
    "metadata/2.root.json",
    "metadata/timestamp.json",
    "metadata/1.snapshot.json",
    "metadata/1.targets.json",
    "targets/HASH.stable.linux-x64.json",
  ]);
});

Deno.test("a check does not ask a mirror when the channel answers", async () => {
  await using two = await openTwo();
  assert.equal(await two.latest(), "one");
  assert.deepEqual(two.mirror.requests, []);
});

Deno.test("a check turns to the mirror when the channel lies, and believes in it again at the next check", async () => {
  await using two = await openTwo();
  const { lab: { server, repository } } = two;
  const evil = repository.signTimestamp({
    version: 9,
    snapshot: 1,
    signers: [createSigningKey()],
    write: false,
  });
  server.break("metadata/timestamp.json", { kind: "bytes", bytes: new Uint8Array(evil) });
  assert.equal(await two.latest(), "one");
  assert.deepEqual(told(two.lab, server.url), ["update.source.distrusted"]);
  server.mend();
  two.mirror.forget();
  assert.equal(await two.latest(), "one");
  assert.deepEqual(two.mirror.requests, []);
});

Deno.test("a check does not go back with a mirror that is behind", async () => {
  await using two = await openTwo();
  const { lab, mirror } = two;
  const behind = join(lab.folder, "behind");
  await cp(lab.repository.folder, behind, { recursive: true });
  mirror.folder = behind;
  lab.repository.publish({ [RELEASE]: "two" });
  assert.equal(await two.latest(), "two");
  lab.server.break("", { kind: "status", status: 503 });
  await assert.rejects(two.latest(), {
    code: "WL_UPDATE_REJECTED",
    message: `Cannot trust the update channel '${mirror.url}': ` +
      "New timestamp version 1 is less than current version 2",
  });
});

Deno.test("a check takes the release from the mirror when the channel has other bytes of it", async () => {
  await using two = await openTwo();
  two.lab.server.break("targets/", { kind: "flip", at: 0 });
  assert.equal(await two.latest(), "one");
  assert.deepEqual(told(two.lab, two.lab.server.url), ["update.source.distrusted"]);
});

Deno.test("a check fails with the gravest of what went wrong", async () => {
  await using two = await openTwo();
  two.lab.server.break("metadata/timestamp.json", { kind: "bytes", bytes: new TextEncoder().encode("{}") });
  two.mirror.break("", { kind: "status", status: 503 });
  await assert.rejects(two.latest(), (error: Error & { code: string }) => {
    assert.equal(error.code, "WL_UPDATE_REJECTED");
    assert.equal((error.cause as AggregateError).errors.length, 2);
    return true;
  });
});

Deno.test("downloads come from the mirror after the channel had wrong bytes, for the rest of the run", async () => {
  await using two = await openTwo();
  const { lab, mirror, client } = two;
  lab.server.break("blobs/", { kind: "flip", at: 100 });
  for (const salt of [1, 2]) {
    const blob = addBlob(lab, salt);
    await client.fetchBlob(blob, join(lab.folder, "file"), { signal });
    assert.deepEqual(await Deno.readFile(join(lab.folder, "file")), blob.bytes);
  }
  assert.deepEqual([blobRequests(lab.server), blobRequests(mirror)], [1, 2]);
  assert.deepEqual(told(lab, lab.server.url), ["update.source.distrusted"]);
});

Deno.test("a download of a blob that the channel lacks comes from the mirror", async () => {
  await using two = await openTwo();
  const blob = addBlob(two.lab, 1);
  two.lab.server.break("blobs/", { kind: "status", status: 404 });
  await two.client.fetchBlob(blob, join(two.lab.folder, "file"), { signal });
  assert.equal(blobRequests(two.mirror), 1);
});

Deno.test("a download that stalls continues at the mirror where it stopped", async () => {
  await using two = await openTwo({ stallMilliseconds: 5_000 }); // far longer than bytes take on a busy machine
  const { lab, mirror, client } = two;
  const blob = addBlob(lab, 1);
  lab.server.break("blobs/", { kind: "stall", after: 10_000 }); // twice: too little to count as progress
  await client.fetchBlob(blob, join(lab.folder, "file"), { signal });
  assert.deepEqual(await Deno.readFile(join(lab.folder, "file")), blob.bytes);
  assert.deepEqual(mirror.requests.map(({ range, ifRange, bytes }) => ({ range, ifRange, bytes })), [
    { range: "bytes=20000-", ifRange: null, bytes: BLOB_BYTES - 20_000 },
  ]);
});

Deno.test("a download that began with wrong bytes elsewhere starts over at the mirror, which is not blamed", async () => {
  await using two = await openTwo();
  const { lab, mirror, client } = two;
  const blob = addBlob(lab, 1);
  const wrong = blob.bytes.slice(0, 100_000);
  wrong[5] = 255;
  await Deno.writeFile(join(lab.folder, "file.part"), wrong);
  lab.server.break("blobs/", { kind: "status", status: 503 });
  await client.fetchBlob(blob, join(lab.folder, "file"), { signal });
  assert.deepEqual(await Deno.readFile(join(lab.folder, "file")), blob.bytes);
  assert.deepEqual(mirror.requests.map(({ range }) => range), ["bytes=100000-", null]);
  assert.deepEqual(told(lab, mirror.url), []);
});

Deno.test("a folder and a bundle can be mirrors of a server", async () => {
  await using lab = await openChannelLab();
  lab.server.break("", { kind: "status", status: 503 });
  const missing = join(lab.folder, "missing.tar");
  assert.equal(await lab.latest({ mirrors: [missing, lab.repository.folder] }), "one");
  assert.deepEqual(told(lab, missing), ["update.source.failed"]);
});
