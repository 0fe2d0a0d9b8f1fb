import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChannelLimits } from "../../../../src/update/channel/channel_limits.ts";
import { type ChannelLab, openChannelLab, RELEASE } from "../../../support/channel_lab.ts";
import type { ChannelFault } from "../../../support/channel_server.ts";

/** Far longer than an answer on loopback takes on a busy machine. */
const SHORT: Partial<ChannelLimits> = { responseMilliseconds: 5_000, stallMilliseconds: 5_000 };
/** A trickle is found out while it still runs; what is not slowed down has come by then. */
const PACED: Partial<ChannelLimits> = { paceMilliseconds: 1_000, paceBytes: 100_000 };
const NOT_FOUND_PAGE = new TextEncoder().encode("\n <!doctype HTML>\n<title>Moved</title>");
const BLOB_BYTES = 300_000;
/** What the system takes off a server before the client has read any of it, with room. */
const SOCKET_BYTES = 16_000_000;

interface Case {
  readonly name: string;
  /** Beginning of the paths that are broken. */
  readonly path: string;
  readonly fault: ChannelFault;
  readonly limits?: Partial<ChannelLimits>;
  readonly code: string;
  /** The whole sentence; URL stands for the server's address. */
  readonly message: string;
}

const timestamp = (fault: ChannelFault) => ({ path: "metadata/timestamp.json", fault });
const unreachable = (state: string) => ({
  code: "WL_UPDATE_UNREACHABLE",
  message: `Cannot reach 'URL/metadata/timestamp.json': ${state}`,
});
const stalled = (state: string) => ({
  code: "WL_UPDATE_STALLED",
  message: `Cannot fetch 'URL/metadata/timestamp.json': ${state}`,
});
const rejected = (state: string) => ({
  code: "WL_UPDATE_REJECTED",
  message: `Cannot trust the update channel 'URL': ${state}`,
});
const PORTAL = "the answer is a web page; this network may require you to sign in";

const METADATA_CASES: readonly Case[] = [
  {
    name: "a timestamp without an end",
    ...timestamp({ kind: "endless" }),
    ...rejected("'metadata/timestamp.json' is longer than 16384 bytes"),
  },
  {
    name: "a root without an end",
    path: "metadata/2.root.json",
    fault: { kind: "bytes", bytes: new Uint8Array(300_000) },
    ...rejected("'metadata/2.root.json' is longer than 262144 bytes"),
  },
  {
    name: "a snapshot longer than the timestamp says",
    path: "metadata/1.snapshot.json",
    fault: { kind: "length", bytes: 2_000 },
    ...rejected("'metadata/1.snapshot.json' is longer than SIZE bytes"),
  },
  {
    name: "targets shorter than the snapshot says",
    path: "metadata/1.targets.json",
    fault: { kind: "length", bytes: 100 },
    ...rejected("Expected length SIZE but got 100"),
  },
  {
    name: "a release without an end",
    path: "targets/",
    fault: { kind: "endless" },
    ...rejected("'targets/HASH.stable.linux-x64.json' is not what was signed"),
  },
  {
    name: "a timestamp that comes byte by byte",
    ...timestamp({ kind: "slow", bytes: 1, milliseconds: 20 }),
    limits: PACED,
    ...stalled("fewer than 100000 bytes arrived in 1 s"),
  },
  {
    name: "a timestamp that stops",
    ...timestamp({ kind: "stall", after: 10 }),
    limits: SHORT,
    ...stalled("no data for 5 s"),
  },
  {
    name: "a server that does not answer",
    ...timestamp({ kind: "hang" }),
    limits: SHORT,
    ...stalled("no answer for 5 s"),
  },
  { name: "the page of a captive portal", ...timestamp({ kind: "page" }), ...unreachable(PORTAL) },
  {
    name: "such a page that is called plain text",
    ...timestamp({ kind: "bytes", bytes: NOT_FOUND_PAGE }),
    ...unreachable(PORTAL),
  },
  {
    name: "a redirect to the page of a captive portal",
    path: "metadata/2.root.json",
    fault: { kind: "redirect", to: "/targets/portal" },
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach 'URL/targets/portal': ${PORTAL}`,
  },
  {
    name: "a server that has no time",
    ...timestamp({ kind: "status", status: 503 }),
    ...unreachable("it answers with status 503"),
  },
  {
    name: "a server without the timestamp",
    ...timestamp({ kind: "status", status: 404 }),
    code: "WL_UPDATE_UNREACHABLE",
    message: "Cannot reach the update channel 'URL': there is no 'metadata/timestamp.json'",
  },
  {
    name: "a redirect to itself",
    ...timestamp({ kind: "redirect", to: "/metadata/timestamp.json" }),
    ...unreachable("it redirects more than 5 times"),
  },
  {
    name: "a redirect into the file system",
    ...timestamp({ kind: "redirect", to: "file:///etc/passwd" }),
    ...unreachable("it redirects to 'file:', which is less secure"),
  },
  {
    name: "a connection that breaks",
    ...timestamp({ kind: "cut", after: 10 }),
    ...unreachable("error reading a body from connection"),
  },
];

/** A sentence without what differs from run to run. */
function shown({ message }: Error, { server }: ChannelLab): string {
  return message.replaceAll(server.url, "URL").replaceAll(/[0-9a-f]{64}/g, "HASH")
    .replace(/sha256\/../, "sha256/XX")
    .replace(/(snapshot\.json' is longer than|Expected length) \d+/, "$1 SIZE");
}

for (const { name, path, fault, limits = {}, code, message } of METADATA_CASES) {
  Deno.test(`a check gives up on ${name}`, async () => {
    await using lab = await openChannelLab();
    lab.server.break("targets/portal", { kind: "page" });
    lab.server.break(path, fault);
    await assert.rejects(lab.latest({ limits }), (error: Error & { code: string }) => {
      assert.deepEqual({ code: error.code, message: shown(error, lab) }, { code, message });
      return true;
    });
    lab.server.mend();
    assert.equal(await lab.latest(), "one");
  });
}

const invalid = (state: string) => ({
  code: "WL_UPDATE_BLOB_INVALID",
  message: `Cannot use what 'URL' has as 'blobs/sha256/XX/HASH': ${state}`,
});
const BLOB_URL = "URL/blobs/sha256/XX/HASH";

const BLOB_CASES: readonly Omit<Case, "path">[] = [
  { name: "without an end", fault: { kind: "endless" }, ...invalid("more than 300000 bytes came") },
  {
    name: "that is too long",
    fault: { kind: "length", bytes: 300_001 },
    ...invalid("it has 300001 bytes there, not 300000"),
  },
  {
    name: "that is too short",
    fault: { kind: "length", bytes: 299_999 },
    ...invalid("it has 299999 bytes there, not 300000"),
  },
  { name: "with another byte", fault: { kind: "flip", at: 200_000 }, ...invalid("the content is wrong") },
  {
    name: "that trickles",
    fault: { kind: "slow", bytes: 100, milliseconds: 20 },
    limits: PACED,
    code: "WL_UPDATE_STALLED",
    message: `Cannot fetch '${BLOB_URL}': fewer than 100000 bytes arrived in 1 s`,
  },
  {
    name: "that stops",
    fault: { kind: "stall", after: 1_000 },
    limits: SHORT,
    code: "WL_UPDATE_STALLED",
    message: `Cannot fetch '${BLOB_URL}': no data for 5 s`,
  },
  {
    name: "that does not exist",
    fault: { kind: "status", status: 404 },
    code: "WL_UPDATE_BLOB_MISSING",
    message: "Cannot fetch from 'URL': there is no 'blobs/sha256/XX/HASH'",
  },
  {
    name: "in place of which a page comes",
    fault: { kind: "page" },
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach '${BLOB_URL}': ${PORTAL}`,
  },
  {
    name: "whose connection breaks again and again before it has brought anything",
    fault: { kind: "cut", after: 100 },
    code: "WL_UPDATE_UNREACHABLE",
    message: `Cannot reach '${BLOB_URL}': error reading a body from connection`,
  },
];

for (const { name, fault, limits = {}, code, message } of BLOB_CASES) {
  Deno.test(`a download gives up on a blob ${name}, and makes no file`, async () => {
    await using lab = await openChannelLab();
    const bytes = new Uint8Array(BLOB_BYTES).map((_, at) => at % 251);
    const blob = lab.repository.addBlob(bytes);
    const path = join(lab.folder, "file");
    lab.server.break("blobs/", fault);
    const { signal } = new AbortController();
    await assert.rejects(
      lab.client({ limits }).fetchBlob(blob, path, { signal }),
      (error: Error & { code: string }) => {
        assert.deepEqual({ code: error.code, message: shown(error, lab) }, { code, message });
        return true;
      },
    );
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    assert.ok(lab.server.bytes() < SOCKET_BYTES, `${lab.server.bytes()} bytes were taken`);
    lab.server.mend();
    await lab.client().fetchBlob(blob, path, { signal });
    assert.deepEqual(await Deno.readFile(path), bytes);
  });
}

Deno.test("names that lead out of the channel or out of the folder are refused before anything is asked", async () => {
  await using lab = await openChannelLab();
  const client = lab.client();
  const { signal } = new AbortController();
  for (const name of ["../../etc/passwd", "stable", `${RELEASE}/../x`]) {
    await assert.rejects(client.latest(name, signal), {
      code: "WL_UPDATE_NO_RELEASE",
      message: `Cannot look for a release: '${name}' is not the name of one`,
    });
  }
  for (const sha256 of [`../${"a".repeat(61)}`, "..", "A".repeat(64)]) {
    const path = join(lab.folder, "escape");
    await assert.rejects(client.fetchBlob({ sha256, length: 1 }, path, { signal }), {
      code: "WL_UPDATE_BLOB_INVALID",
      message: `Cannot fetch '${sha256}': that is not a SHA-256`,
    });
    await assert.rejects(Deno.stat(`${path}.part`), Deno.errors.NotFound);
  }
  assert.deepEqual(lab.server.requests, []);
});
