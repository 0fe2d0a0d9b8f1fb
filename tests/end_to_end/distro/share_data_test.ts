import assert from "node:assert/strict";
import { buildImage } from "../../../distro/build_image.ts";
import { cachePath } from "../../support/repository.ts";

/** Makes the data distro's surroundings in a mount namespace, says so, and keeps it until standard input ends. */
const SURROUNDINGS = `set -e
mount -t proc proc "$1/proc"; mount -t tmpfs run "$1/run"
mount -t tmpfs mnt "$1/mnt"; mkdir "$1/mnt/wsl"; mount -t tmpfs wsl "$1/mnt/wsl"; mount --make-rshared "$1/mnt/wsl"
echo made; cat`;

/** One unpacked data distro in a mount namespace that goes away with it. */
class DataDistro implements AsyncDisposable {
  private constructor(readonly root: string, readonly keeper: Deno.ChildProcess) {}

  static async start(): Promise<DataDistro> {
    const { dataRootfsTar } = await buildImage({ release: false, cacheDirectory: cachePath() });
    const root = await Deno.makeTempDir({ prefix: "windlass-share-data-" });
    const tar = new Deno.Command("tar", {
      args: ["--extract", "--file", dataRootfsTar, "--directory", root],
    });
    assert.ok((await tar.output()).success);
    const keeper = new Deno.Command("unshare", {
      args: ["--mount", "--propagation", "private", "--", "sh", "-c", SURROUNDINGS, "sh", root],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const distro = new DataDistro(root, keeper);
    const reader = keeper.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "made\n");
    reader.releaseLock();
    return distro;
  }

  /** A program inside the namespace, not yet started. */
  command(programArguments: string[]): Deno.Command {
    const args = [`--mount=/proc/${this.keeper.pid}/ns/mnt`, "--", ...programArguments];
    return new Deno.Command("nsenter", { args, stdin: "piped", stdout: "piped" });
  }

  async share(): Promise<Deno.ChildProcess> {
    const child = this.command(["chroot", this.root, "/usr/lib/windlass/share-data"]).spawn();
    const reader = child.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "ready\n");
    reader.releaseLock();
    return child;
  }

  /** How many mounts lie on the shared folder. */
  async shares(): Promise<number> {
    const child = this.command(["cat", "/proc/self/mounts"]).spawn();
    await child.stdin.close();
    const { stdout } = await child.output();
    const lines = new TextDecoder().decode(stdout).split("\n");
    return lines.filter((line) => line.includes(` ${this.root}/mnt/wsl/windlass-data `)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keeper.stdin.close();
    await this.keeper.stdout.cancel();
    await this.keeper.status;
    await Deno.remove(this.root, { recursive: true });
  }
}

/** Ends the input of a run, as the end of the host does, and waits for it. */
async function end(child: Deno.ChildProcess): Promise<number> {
  await child.stdin.close();
  await child.stdout.cancel();
  return (await child.status).code;
}

Deno.test("share-data shares until its input ends, and can be run again", async () => {
  await using distro = await DataDistro.start();
  for (let run = 0; run < 2; run++) {
    const child = await distro.share();
    assert.equal(await distro.shares(), 1);
    assert.equal(await end(child), 0);
    assert.equal(await distro.shares(), 0);
  }
});

Deno.test("share-data takes over from an older run without a gap", async () => {
  await using distro = await DataDistro.start();
  const older = await distro.share();
  const younger = await distro.share();
  assert.equal((await older.status).code, 0);
  assert.equal(await distro.shares(), 1);
  await end(older);
  assert.equal(await end(younger), 0);
  assert.equal(await distro.shares(), 0);
});

Deno.test("share-data keeps the folder that an engine still uses, and releases it afterwards", async () => {
  await using distro = await DataDistro.start();
  const child = await distro.share();
  const engine = distro.command(["sh", "-c", `cd ${distro.root}/mnt/wsl/windlass-data; echo in; read -r _`])
    .spawn();
  const reader = engine.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  const ended = end(child);
  assert.equal(await distro.shares(), 1);
  await end(engine);
  assert.equal(await ended, 0);
  assert.equal(await distro.shares(), 0);
});

Deno.test("share-data finds the share that a killed run left", async () => {
  await using distro = await DataDistro.start();
  const killed = await distro.share();
  // Both the shell that chroot became and nsenter before it are this one process.
  killed.kill("SIGKILL");
  await killed.status;
  await end(killed);
  assert.equal(await distro.shares(), 1);
  const next = await distro.share();
  assert.equal(await distro.shares(), 1);
  assert.equal(await end(next), 0);
  assert.equal(await distro.shares(), 0);
});
