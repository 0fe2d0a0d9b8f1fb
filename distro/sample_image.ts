import { createHash } from "node:crypto";
import { buildTar, file, folder, type MemoryEntry, symlink } from "./tar_memory.ts";
import { TAR_ENTRY_TIME } from "./tar_header.ts";

/** The parts of the sample images. */
export interface SampleImageParts {
  /** A static busybox for amd64. */
  readonly busybox: Uint8Array;
  /** Where its applets belong, such as `usr/bin/env`. */
  readonly applets: readonly string[];
  /** The script that greets. */
  readonly hello: Uint8Array;
}

const PASSWORD_FILE = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n";
const GROUP_FILE = "root:x:0:\nnogroup:x:65534:\n";
const SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Two images in the form that `docker load` takes: `busybox:latest`, with a shell, and `windlass/sample:latest`,
 * the same with a greeting on top. They share the lower layer. The same parts give the same bytes.
 */
export function buildSampleImages(parts: SampleImageParts): Uint8Array<ArrayBuffer> {
  const base = buildTar(busyboxTree(parts.busybox, parts.applets));
  const greeting = buildTar([file("hello", parts.hello, 0o755)]);
  const images = [
    { name: "busybox:latest", layers: [base], command: ["sh"] },
    { name: "windlass/sample:latest", layers: [base, greeting], command: ["/hello"] },
  ].map(describeImage);

  const entries = new Map<string, MemoryEntry>();
  for (const entry of [folder("blobs"), folder("blobs/sha256"), ...images.flatMap((image) => image.blobs)]) {
    entries.set(entry.path, entry);
  }
  const manifest = file("manifest.json", JSON.stringify(images.map((image) => image.manifest)));
  return buildTar([...entries.values(), manifest]);
}

/** A root file system with nothing but busybox in it. */
export function busyboxTree(busybox: Uint8Array, applets: readonly string[]): MemoryEntry[] {
  const folders = ["bin", "dev", "etc", "home", "proc", "sbin", "sys", "usr", "usr/bin", "usr/sbin", "var"];
  const links = applets.filter((path) => path !== "bin/busybox").map((path) =>
    symlink(path, pathToBusybox(path))
  );
  return [
    ...folders.map((path) => folder(path)),
    folder("root", 0o700),
    folder("tmp", 0o1777),
    file("bin/busybox", busybox, 0o755),
    file("etc/passwd", PASSWORD_FILE),
    file("etc/group", GROUP_FILE),
    ...links,
  ];
}

/** Relative, so that it also leads there when seen from outside. */
function pathToBusybox(path: string): string {
  const up = "../".repeat(path.split("/").length - 1);
  return path.startsWith("bin/") ? "busybox" : `${up}bin/busybox`;
}

interface Image {
  readonly name: string;
  readonly layers: readonly Uint8Array[];
  readonly command: readonly string[];
}

function describeImage(image: Image) {
  const layers = image.layers.map((content) => blob(content));
  const configuration = blob(new TextEncoder().encode(JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: new Date(TAR_ENTRY_TIME * 1000).toISOString(),
    config: { Env: [`PATH=${SEARCH_PATH}`], Cmd: image.command },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${layer.sha256}`) },
  })));
  const manifest = {
    Config: configuration.entry.path,
    RepoTags: [image.name],
    Layers: layers.map((layer) => layer.entry.path),
  };
  return { blobs: [...layers, configuration].map((each) => each.entry), manifest };
}

function blob(content: Uint8Array) {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { sha256, entry: file(`blobs/sha256/${sha256}`, content) };
}
