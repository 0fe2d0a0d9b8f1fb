import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { openChannelLab, RELEASE } from "../../support/channel_lab.ts";
import type { ChannelProgramOptions } from "../../support/channel_program.ts";
import { eventually } from "../../support/eventually.ts";
import { openHttpProxy } from "../../support/http_proxy.ts";
import { REPOSITORY } from "../../support/repository.ts";
import { runChecked } from "../../support/run_command.ts";
import { proxyPage } from "../support/internet_settings.ts";
import { openWine } from "../support/wine.ts";

const HOME = "C:\\users\\root\\AppData\\Local\\Windlass";
const BLOB_BYTES = 1_000_000;

/** A lab whose client runs inside deno.exe: one file, since a fresh Windows has no packages. */
async function openWindowsLab() {
  await using cleanup = new AsyncDisposableStack();
  const wine = cleanup.use(await openWine());
  const lab = cleanup.use(await openChannelLab());
  const script = join(wine.driveC, "channel_program.js");
  const source = join(REPOSITORY, "tests/support/channel_program.ts");
  await runChecked([Deno.execPath(), "bundle", "--quiet", "--platform=deno", "--output", script, source]);
  await Deno.mkdir(wine.toLinux(HOME), { recursive: true });
  const program = (options: Partial<ChannelProgramOptions>) => {
    const directory = `${HOME}\\update\\tuf`;
    return wine.denoScript(script, [JSON.stringify({ ...lab.programOptions(), directory, ...options })]);
  };
  const run = async (options: Partial<ChannelProgramOptions>) => {
    const { code, stdout, stderr } = await wine.run(program(options));
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const owned = cleanup.move();
  return { wine, lab, program, run, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("in deno.exe a check verifies a channel, trusts it on disk, and then makes two requests", async () => {
  await using windows = await openWindowsLab();
  const { lab, wine, run } = windows;
  assert.equal(await run({ latest: RELEASE }), "one");
  lab.server.forget();
  assert.equal(await run({ latest: RELEASE }), "one");
  assert.equal(lab.server.requests.length, 2);

  await Deno.truncate(wine.toLinux(`${HOME}\\update\\tuf\\root.json`), 100);
  lab.repository.publish({ [RELEASE]: "two" });
  assert.equal(await run({ latest: RELEASE }), "two");
  lab.repository.signTimestamp({ version: 1 });
  assert.deepEqual(JSON.parse(await run({ latest: RELEASE })), {
    code: "WL_UPDATE_REJECTED",
    message: `Cannot trust the update channel '${lab.server.url}': ` +
      "New timestamp version 1 is less than current version 2",
  });
});

Deno.test("in deno.exe a download continues after its connection broke and after its process was killed", async () => {
  await using windows = await openWindowsLab();
  const { lab, wine, run, program } = windows;
  const bytes = new Uint8Array(BLOB_BYTES).map((_, at) => at % 251);
  const blob = { ...lab.repository.addBlob(bytes), path: `${HOME}\\blob` };
  const path = wine.toLinux(blob.path);
  lab.server.break("blobs/", { kind: "cut", after: 600_000 }, 1);
  assert.equal(await run({ blob }), "");
  assert.deepEqual(await Deno.readFile(path), bytes);

  await Deno.remove(path);
  lab.server.break("blobs/", { kind: "stall", after: 200_000 });
  const child = wine.spawn(program({ blob }), { stdin: "null", stdout: "null", stderr: "null" });
  await eventually(async () => assert.ok((await Deno.stat(`${path}.part`)).size >= 100_000));
  child.kill("SIGKILL");
  await child.status;
  lab.server.mend();
  lab.server.forget();
  assert.equal(await run({ blob }), "");
  assert.deepEqual(await Deno.readFile(path), bytes);
  assert.ok(lab.server.bytes() < BLOB_BYTES, "it started over");
  await assert.rejects(Deno.stat(`${path}.part.origin`), Deno.errors.NotFound);
});

Deno.test("in deno.exe a folder and a bundle on a drive are channels", async () => {
  await using windows = await openWindowsLab();
  const { lab, wine, run } = windows;
  await cp(lab.repository.folder, join(wine.driveC, "a mirror"), { recursive: true });
  await runChecked(["tar", "-C", lab.repository.folder, "-cf", join(wine.driveC, "bundle.tar"), "."]);
  for (const url of ["C:\\a mirror", "C:/a mirror", "file:///C:/a%20mirror", "C:\\bundle.tar"]) {
    assert.equal(await run({ url, latest: RELEASE }), "one", url);
  }
  assert.deepEqual(lab.server.requests, []);
});

Deno.test("in deno.exe the proxy of the Internet Settings is followed, but not for a channel of this machine", async () => {
  await using windows = await openWindowsLab();
  const { lab, wine, run } = windows;
  await using proxy = openHttpProxy();
  const servers = new URL(proxy.url).host;
  await wine.importRegistry(proxyPage({ servers, bypass: "*.example.org;<local>" }));
  // A name that only the proxy knows.
  const url = lab.server.url.replace("127.0.0.1", "channel.test");
  assert.equal(await run({ url, proxy: "system", latest: RELEASE }), "one");
  assert.equal(proxy.requests.length, 5);
  assert.equal(await run({ proxy: "system", latest: RELEASE }), "one");
  assert.equal(proxy.requests.length, 5);
});
