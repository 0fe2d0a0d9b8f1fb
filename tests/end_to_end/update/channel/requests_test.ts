import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { NEVER } from "../../../../src/timing/sleep.ts";
import { openChannelLab } from "../../../support/channel_lab.ts";

Deno.test("a client says who it is and nothing else", async () => {
  await using lab = await openChannelLab();
  const headers: string[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    headers.push(...[...request.headers].map(([name, value]) => `${name}: ${value}`));
    return new Response(null, { status: 503 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await assert.rejects(lab.latest({ url }), { code: "WL_UPDATE_UNREACHABLE" });
  assert.deepEqual(headers.sort(), [
    "accept-encoding: identity",
    "accept-language: *",
    "accept: */*",
    "cache-control: no-cache",
    `host: ${new URL(url).host}`,
    "user-agent: windlass/1.0.0",
  ]);
});

Deno.test("a server that compresses what was asked for as it is is not taken for one that lies", async () => {
  await using lab = await openChannelLab();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
    const headers = { "content-encoding": "gzip", "content-type": "application/json" };
    return new Response(new Uint8Array(gzipSync(lab.repository.read("timestamp.json"))), { headers });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await assert.rejects(lab.latest({ url }), {
    code: "WL_UPDATE_UNREACHABLE",
    message:
      `Cannot reach '${url}/metadata/2.root.json': the answer is compressed, although that was declined`,
  });
});

Deno.test("a client says that nobody listens there", async () => {
  await using lab = await openChannelLab();
  const url = "http://127.0.0.1:2"; // the system gives one so low to nobody
  await assert.rejects(lab.latest({ url }), {
    code: "WL_UPDATE_UNREACHABLE",
    message:
      `Cannot reach '${url}/metadata/2.root.json': tcp connect error: Connection refused (os error 111)`,
  });
});

Deno.test("a channel without the release says so", async () => {
  await using lab = await openChannelLab();
  using client = lab.client();
  await assert.rejects(client.latest("nightly.linux-x64", NEVER), {
    code: "WL_UPDATE_NO_RELEASE",
    message: `Cannot find a release: the update channel '${lab.server.url}' has none for 'nightly.linux-x64'`,
  });
});

for (const url of ["ftp://x/y", "relative/path", "", "file://server/share", "http:"]) {
  Deno.test(`a client refuses '${url}' as the address of a channel`, async () => {
    await using lab = await openChannelLab();
    assert.throws(() => lab.client({ url }), {
      code: "WL_UPDATE_ADDRESS_INVALID",
      message: `Cannot use the update channel '${url}': ` +
        "it is neither an http, https or file URL nor the full path of a folder or bundle",
    });
  });
}
