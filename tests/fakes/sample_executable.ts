/** A small executable in memory for the tests of this folder: real format, no program. */
import { zstdCompressSync } from "node:zlib";
import { type Component, encodeFooter, encodeIndex, sha256 } from "../../src/payload/executable_codec.ts";

/** Bytes of an executable and what its index says. */
export interface SampleExecutable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly components: readonly Component[];
}

/** Joins contents, by name, behind a stub of 64 bytes. */
export function sampleExecutable(contents: Readonly<Record<string, Uint8Array>>): SampleExecutable {
  const parts: Uint8Array[] = [];
  const components: Component[] = [];
  let offset = 0;
  const add = (name: string, raw: Uint8Array, stored: Uint8Array) => {
    components.push({
      name,
      id: sha256(raw),
      storedDigest: sha256(stored),
      offset,
      storedLength: stored.length,
      rawLength: raw.length,
      stored: name === "stub",
      unpack: name === "deno",
      executable: name === "deno",
    });
    parts.push(stored);
    offset += stored.length;
  };
  const stub = new Uint8Array(64).fill(7);
  add("stub", stub, stub);
  for (const [name, raw] of Object.entries(contents)) add(name, raw, zstdCompressSync(raw));
  const index = encodeIndex(components);
  parts.push(index, encodeFooter(components, index));
  return { bytes: new Uint8Array(parts.flatMap((part) => [...part])), components };
}

/** Writes the bytes to a file which is removed on disposal. */
export async function writeSample(bytes: Uint8Array): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempFile({ prefix: "windlass-sample-" });
  await Deno.writeFile(path, bytes);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
