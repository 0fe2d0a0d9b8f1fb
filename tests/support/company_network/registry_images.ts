import { createHash } from "node:crypto";
import { join } from "node:path";
import { runChecked } from "../run_command.ts";
import { openTemporaryFolder } from "../temporary_folder.ts";
import { writeTestImageFiles } from "../test_image.ts";
import { type Machine, THIS_MACHINE } from "./machine.ts";
import type { Registry } from "./registry.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";
const CONFIGURATION = "application/vnd.oci.image.config.v1+json";

/** A blob as a manifest names it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Where images are put. */
export interface PushOptions {
  /** Such as `busybox:1`. */
  readonly name: string;
  /** A machine that reaches the registry, as it is not the engine's part to do this. @default {THIS_MACHINE} */
  readonly machine?: Machine;
}

/** Puts an image with busybox, as of {@linkcode TEST_IMAGE}, into a registry, by its API and without an engine. */
export async function pushBusybox(registry: Registry, options: PushOptions): Promise<void> {
  await using folder = await openTemporaryFolder("windlass-push");
  const layer = join(folder.path, "layer.tar");
  await writeTestImageFiles(layer);
  await pushImage(registry, [layer], options);
}

/** What is random in an image: layers in addition to that with busybox. */
export interface RandomLayers {
  readonly count: number;
  readonly megabytes: number;
}

/**
 * Puts an image with busybox and layers that cannot be compressed into a registry.
 *
 * @returns What `sha256sum /data-*` prints in a container of it.
 */
export async function pushRandomImage(
  registry: Registry,
  { count, megabytes }: RandomLayers,
  options: PushOptions,
): Promise<string> {
  await using folder = await openTemporaryFolder("windlass-layers");
  const busybox = join(folder.path, "busybox.tar");
  await writeTestImageFiles(busybox);
  const layers = [busybox];
  const sums: string[] = [];
  for (let index = 0; index < count; index++) {
    const [name, tar] = [`data-${index}`, join(folder.path, `${index}.tar`)];
    const random = `head -c ${megabytes}000000 /dev/urandom >${name} && sha256sum ${name}`;
    const { stdout } = await runChecked(["sh", "-c", random], { cwd: folder.path });
    sums.push(stdout.trim().replace("  ", "  /"));
    await runChecked(["tar", "--create", "--file", tar, "--remove-files", name], { cwd: folder.path });
    layers.push(tar);
  }
  await pushImage(registry, layers, options);
  return sums.join("\n");
}

/** Puts an image of these layers, uncompressed tars, into a registry. */
export async function pushImage(
  registry: Registry,
  layers: readonly string[],
  { name, machine = THIS_MACHINE }: PushOptions,
): Promise<void> {
  await using folder = await openTemporaryFolder("windlass-push");
  const [repository, tag] = name.split(":");
  const base = `${registry.url}/v2/${repository}`;
  const curl = async (...args: readonly string[]) => {
    const command = ["curl", "--silent", "--show-error", "--fail", ...registry.curl, ...args];
    return (await runChecked(machine.enter(command))).stdout;
  };
  const put = async (mediaType: string, path: string): Promise<Descriptor> => {
    const digest = await digestOf(path);
    const head = await curl("--request", "POST", "--dump-header", "-", `${base}/blobs/uploads/`);
    const location = /^location: (.*?)\r?$/im.exec(head)![1]!;
    await curl("--upload-file", path, `${location}&digest=${encodeURIComponent(digest)}`);
    return { mediaType, digest, size: (await Deno.stat(path)).size };
  };
  const putText = async (mediaType: string, value: unknown) => {
    const path = join(folder.path, "text.json");
    await Deno.writeTextFile(path, JSON.stringify(value));
    return await put(mediaType, path);
  };

  const pushed: Descriptor[] = [];
  for (const layer of layers) pushed.push(await put(LAYER, layer));
  const config = await putText(CONFIGURATION, {
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: pushed.map(({ digest }) => digest) },
  });
  const manifest = join(folder.path, "manifest.json");
  await Deno.writeTextFile(
    manifest,
    JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: pushed }),
  );
  const type = ["--header", `Content-Type: ${MANIFEST}`];
  await curl("--request", "PUT", ...type, "--data-binary", `@${manifest}`, `${base}/manifests/${tag}`);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
