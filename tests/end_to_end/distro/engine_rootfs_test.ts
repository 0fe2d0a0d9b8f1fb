import assert from "node:assert/strict";
import { assembleExecutable } from "../../../scripts/build/assemble_executable.ts";
import { runTool } from "../../../scripts/build/run_tool.ts";
import { engineRootfsStream } from "../../../src/payload/engine_rootfs_stream.ts";
import { openExecutable } from "../../../src/payload/executable.ts";

const END_OF_ARCHIVE_BYTES = 1024;

Deno.test("bsdtar unpacks engineRootfsStream() with contents and permissions", async () => {
  const folder = await Deno.makeTempDir({ prefix: "windlass-rootfs-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  await Deno.mkdir(`${folder}/tree/etc`, { recursive: true });
  await Deno.writeTextFile(`${folder}/tree/etc/os-release`, "NAME=sample\n");
  const runtime = crypto.getRandomValues(new Uint8Array(50_001));
  await Deno.writeFile(`${folder}/deno`, runtime);
  await Deno.writeTextFile(`${folder}/agent.js`, "// agent\n");
  await runTool([
    "tar",
    "-C",
    `${folder}/tree`,
    "--format=ustar",
    "-b1",
    "-cf",
    `${folder}/rootfs.tar`,
    "etc",
  ]);
  await Deno.truncate(
    `${folder}/rootfs.tar`,
    (await Deno.stat(`${folder}/rootfs.tar`)).size - END_OF_ARCHIVE_BYTES,
  );

  const flags = { unpack: false, executable: false };
  await assembleExecutable({
    launcher: `${folder}/agent.js`, // never run
    components: [
      { ...flags, name: "deno", path: `${folder}/deno` },
      { ...flags, name: "agent", path: `${folder}/agent.js` },
      { ...flags, name: "rootfs", path: `${folder}/rootfs.tar` },
    ],
    compression: "small",
    cacheDirectory: folder,
    output: `${folder}/windlass`,
  });
  await Deno.mkdir(`${folder}/out`);
  using executable = await openExecutable(`${folder}/windlass`);
  const args = ["-C", `${folder}/out`, "-x", "-p", "--xattrs", "--numeric-owner", "-f", "-"];
  const bsdtar = new Deno.Command("bsdtar", { args, stdin: "piped" }).spawn();
  await engineRootfsStream(executable).pipeTo(bsdtar.stdin);
  assert.equal((await bsdtar.status).code, 0);

  const out = `${folder}/out/usr/lib/windlass`;
  assert.equal(await Deno.readTextFile(`${folder}/out/etc/os-release`), "NAME=sample\n");
  assert.deepEqual(await Deno.readFile(`${out}/deno`), runtime);
  assert.equal(await Deno.readTextFile(`${out}/agent.js`), "// agent\n");
  const modes = await Promise.all(["deno", "agent.js"].map((name) => Deno.stat(`${out}/${name}`)));
  assert.deepEqual(modes.map(({ mode, uid }) => [mode! & 0o7777, uid]), [[0o755, 0], [0o644, 0]]);
});
