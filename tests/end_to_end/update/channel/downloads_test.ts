import assert from "node:assert/strict";
import { join } from "node:path";
import type { UpdateChannelOptions } from "../../../../src/update/channel/channel.ts";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import { openChannelServer } from "../../../support/channel_server.ts";
import { eventually } from "../../../support/eventually.ts";
import { REPOSITORY } from "../../../support/repository.ts";
import { createSignedChannel } from "../../../support/signed_channel.ts";

const { signal } = new AbortController();
const BLOB_BYTES = 1_000_000;

/** A lab with a blob, and where a download of it goes. */
async function openDownload() {
  const lab = await openChannelLab();
  const bytes = new Uint8Array(BLOB_BYTES).map((_, at) => (at * 7 + (at >> 8)) % 251);
  const blob = lab.repository.addBlob(bytes);
  const path = join(lab.folder, "blob");
  return {
    lab,
    bytes,
    blob,
    path,
    fetch: (options?: Partial<UpdateChannelOptions>) => lab.client(options).fetchBlob(blob, path, { signal }),
    /** What each request asked for and got. */
    ranges: () => lab.server.requests.map(({ range, status, bytes }) => [range, status, bytes]),
    async requireDone() {
      assert.deepEqual(await Deno.readFile(path), bytes);
      for (const left of [`${path}.part`, `${path}.part.origin`]) {
        await assert.rejects(Deno.stat(left), Deno.errors.NotFound);
      }
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

function requests({ server }: ChannelLab): string[] {
  return server.requests.map(({ path }) => path.replace(/[0-9a-f]{64}/, "HASH"));
}

Deno.test("a check with nothing new makes two requests, the first one five", async () => {
  await using lab = await openChannelLab();
  await lab.latest();
  assert.equal(lab.server.requests.length, 5);
  for (let check = 0; check < 3; check++) {
    lab.server.forget();
    assert.equal(await lab.latest(), "one");
    assert.deepEqual(requests(lab), ["metadata/2.root.json", "metadata/timestamp.json"]);
  }
});

Deno.test("a check of a channel that was renewed without a new release asks for nothing that it has", async () => {
  await using lab = await openChannelLab();
  await lab.latest();
  lab.repository.signSnapshot({ version: 2, targets: 1 });
  lab.repository.signTimestamp({ version: 2 });
  lab.server.forget();
  assert.equal(await lab.latest(), "one");
  assert.deepEqual(requests(lab), [
    "metadata/2.root.json",
    "metadata/timestamp.json",
    "metadata/2.snapshot.json",
  ]);
});

Deno.test("checks at the same time follow one another", async () => {
  await using lab = await openChannelLab();
  const client = lab.client();
  const latest = () => client.latest(RELEASE, signal);
  const texts = await Promise.all([latest(), latest(), latest()]);
  assert.deepEqual(texts.map((bytes) => new TextDecoder().decode(bytes)), ["one", "one", "one"]);
});

Deno.test("a client reads what the release script signs, a rotation included", async () => {
  await using channel = await createSignedChannel();
  await using lab = await openChannelLab();
  const publish = (text: string) =>
    channel.publishFiles({ [`${RELEASE}.json`]: new TextEncoder().encode(text) });
  const latest = () => lab.latest({ url: channel.folder, root: channel.root });
  await publish("signed one");
  assert.equal(await latest(), "signed one");
  await channel.changeRoot();
  await publish("signed two");
  assert.equal(await latest(), "signed two");
});

Deno.test("a channel that moved is followed to where its redirects lead", async () => {
  await using download = await openDownload();
  const { lab, blob, path } = download;
  await using moved = openChannelServer(lab.folder);
  moved.break("old/", {
    kind: "redirect",
    to: `${lab.server.url}/blobs/sha256/${blob.sha256.slice(0, 2)}/${blob.sha256}`,
  });
  await lab.client({ url: `${moved.url}/old/` }).fetchBlob(blob, path, { signal });
  await download.requireDone();
});

Deno.test("a connection that breaks again and again is resumed, and no byte comes twice", async () => {
  await using download = await openDownload();
  const { lab } = download;
  lab.server.break("blobs/", { kind: "cut", after: 300_000 });
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.ranges(), [
    [null, 200, 300_000],
    ["bytes=300000-", 206, 300_000],
    ["bytes=600000-", 206, 300_000],
    ["bytes=900000-", 206, 100_000],
  ]);
  const [, second] = lab.server.requests;
  assert.match(second?.ifRange ?? "", /^"1000000-\d+"$/);
});

Deno.test("a file that changed on the server comes from its beginning", async () => {
  await using download = await openDownload();
  const { server } = download.lab;
  server.break("blobs/", { kind: "new-etag" });
  server.break("blobs/", { kind: "cut", after: 300_000 }, 1);
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.ranges(), [[null, 200, 300_000], ["bytes=300000-", 200, BLOB_BYTES]]);
});

Deno.test("a server that knows no ranges sends all of it", async () => {
  await using download = await openDownload();
  const { server } = download.lab;
  server.break("blobs/", { kind: "no-ranges" });
  server.break("blobs/", { kind: "cut", after: 300_000 }, 1);
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.ranges(), [[null, 200, 300_000], ["bytes=300000-", 200, BLOB_BYTES]]);
});

Deno.test("a download that is complete but was not named needs no request", async () => {
  await using download = await openDownload();
  await Deno.writeFile(`${download.path}.part`, download.bytes);
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.lab.server.requests, []);
});

Deno.test("a part with damaged bytes is thrown away, and its source is not blamed", async () => {
  await using download = await openDownload();
  const { lab } = download;
  await Deno.writeFile(`${download.path}.part`, new Uint8Array(400_000));
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.ranges(), [["bytes=400000-", 206, 600_000], [null, 200, BLOB_BYTES]]);
  assert.deepEqual(lab.lines, []);
});

Deno.test("a part that is too long, a link or damaged in its origin does no harm", async () => {
  await using download = await openDownload();
  const { lab, path } = download;
  await Deno.writeFile(`${path}.part`, new Uint8Array(BLOB_BYTES + 1));
  await Deno.writeTextFile(`${path}.part.origin`, "{");
  await download.fetch();
  await download.requireDone();

  await Deno.remove(path);
  const victim = join(lab.folder, "victim");
  await Deno.writeTextFile(victim, "kept");
  await Deno.symlink(victim, `${path}.part`);
  await download.fetch();
  await download.requireDone();
  assert.equal(await Deno.readTextFile(victim), "kept");
});

Deno.test("progress counts what is at hand, from what an earlier run left", async () => {
  await using download = await openDownload();
  await Deno.writeFile(`${download.path}.part`, download.bytes.subarray(0, 400_000));
  const counts: number[] = [];
  const progress = (bytes: number) => void counts.push(bytes);
  await download.lab.client().fetchBlob(download.blob, download.path, { signal, progress });
  assert.deepEqual([counts[0], counts.at(-1)], [400_000, BLOB_BYTES]);
  assert.deepEqual(counts, counts.toSorted((a, b) => a - b));
});

Deno.test("a download ends at once with its signal, and the next one resumes it", async () => {
  await using download = await openDownload();
  const { lab, blob, path } = download;
  lab.server.break("blobs/", { kind: "stall", after: 300_000 }, 1);
  const controller = new AbortController();
  const progress = (bytes: number) => bytes === 300_000 && controller.abort(new Error("enough"));
  await assert.rejects(
    lab.client().fetchBlob(blob, path, { signal: controller.signal, progress }),
    { message: "enough" },
  );
  await download.fetch();
  await download.requireDone();
  assert.deepEqual(download.ranges().at(-1), ["bytes=300000-", 206, 700_000]);
});

Deno.test("a download ends when its channel is closed", async () => {
  await using download = await openDownload();
  const { lab, blob, path } = download;
  lab.server.break("blobs/", { kind: "hang" });
  const client = lab.client();
  const fetching = client.fetchBlob(blob, path, { signal });
  const ended = assert.rejects(fetching, { message: "Cannot continue: the update channel was closed" });
  await eventually(() => assert.equal(lab.server.requests.length, 1));
  client[Symbol.dispose]();
  await ended;
});

Deno.test("a download into a folder that is not there says so, and asks for nothing", async () => {
  await using download = await openDownload();
  const { lab, blob } = download;
  const path = join(lab.folder, "missing/blob");
  await assert.rejects(lab.client().fetchBlob(blob, path, { signal }), {
    code: "WL_FILE_NOT_WRITABLE",
    message: `Cannot write '${path}': No such file or directory (os error 2)`,
  });
  assert.deepEqual(lab.server.requests, []);
});

Deno.test("a download resumes after its process was killed, with the file that it had begun", async () => {
  await using download = await openDownload();
  const { lab, blob, path } = download;
  lab.server.break("blobs/", { kind: "stall", after: 600_000 }); // so that no kill comes too late
  const program = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      join(REPOSITORY, "tests/support/channel_program.ts"),
      JSON.stringify({ ...lab.programOptions(), blob: { ...blob, path } }),
    ],
    stdin: "null",
    stdout: "null",
  }).spawn();
  await eventually(async () => assert.ok((await Deno.stat(`${path}.part`)).size >= 100_000), 120_000);
  program.kill("SIGKILL");
  await program.status;
  const { size } = await Deno.stat(`${path}.part`);
  assert.ok(size <= 600_000, `${size} bytes`);
  lab.server.mend();
  lab.server.forget();
  await download.fetch();
  await download.requireDone();
  const [request] = lab.server.requests;
  assert.deepEqual([request?.range, request?.status, request?.bytes], [
    `bytes=${size}-`,
    206,
    BLOB_BYTES - size,
  ]);
  assert.notEqual(request?.ifRange, null);
});
