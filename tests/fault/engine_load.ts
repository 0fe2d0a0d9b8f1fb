import assert from "node:assert/strict";
import type { DockerClient } from "../support/docker_client.ts";
import { InteractiveProcess } from "../support/interactive_process.ts";
import { importTestImage, TEST_IMAGE } from "../support/test_image.ts";

/** Bytes of the file in the volume and of the image that is saved: enough that a kill hits the middle of it. */
const DATA_BYTES = 100_000_000;

/** What has to be the same after every fault. */
export interface KeptData {
  readonly checksum: string;
}

/** Puts the test image, a large image, and a volume with a file on the engine. */
export async function prepareData(docker: DockerClient): Promise<KeptData> {
  await importTestImage(docker);
  // Not sync: it would wait for what all tests on this machine have written.
  const pieces = `bs=100000 count=${DATA_BYTES / 100_000} iflag=fullblock conv=fsync`;
  const script = `dd if=/dev/urandom of=/kept/file ${pieces} 2>/dev/null && sha256sum /kept/file`;
  const line = await docker.run([
    "run",
    "--name",
    "maker",
    "-v",
    "kept:/kept",
    TEST_IMAGE,
    "sh",
    "-c",
    script,
  ]);
  await docker.shell(`docker run --name large ${TEST_IMAGE} sh -c 'head -c ${DATA_BYTES} /dev/urandom > /blob'
    docker commit large large:1 && docker rm large maker`);
  return { checksum: line.split(" ")[0]! };
}

/** @throws {Error} when the volume or an image is not as it was. */
export async function checkData(docker: DockerClient, data: KeptData): Promise<void> {
  const read = ["run", "--rm", "-v", "kept:/kept", TEST_IMAGE, "sha256sum", "/kept/file"];
  assert.equal((await docker.run(read)).split(" ")[0], data.checksum);
  await docker.run(["image", "inspect", "large:1"]);
}

/** A container that writes and a client that saves an image, over and over, until disposal. */
export async function openLoad(docker: DockerClient): Promise<AsyncDisposable> {
  await using owned = new AsyncDisposableStack();
  const write = "while true; do dd if=/dev/urandom of=/scratch/file bs=1M count=50 2>/dev/null; done";
  await docker.run([
    "run",
    "-d",
    "--name",
    "writer",
    "-v",
    "scratch:/scratch",
    TEST_IMAGE,
    "sh",
    "-c",
    write,
  ]);
  owned.defer(async () => {
    await docker.attempt(["rm", "--force", "writer"]);
  });
  const save = "while true; do docker save large:1 | wc -c; sleep 0.1; done";
  const saver = owned.use(new InteractiveProcess(["setsid", "sh", "-c", save], docker.env));
  // The pipeline is a group of its own: all of it has to end, not its shell alone.
  owned.defer(() => endGroup(saver.pid));
  await saver.waitFor(/\d{9}/);
  return owned.move();
}

function endGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
