/** A home with the files of versions, and an executable beside it, for the tests of src/payload/. */
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { sha256 } from "../../src/payload/executable_codec.ts";
import { openVersionStore } from "../support/open_version_store.ts";
import type { StagedComponent, VersionStore } from "../../src/payload/version_store.ts";
import { sampleExecutable } from "./sample_executable.ts";
import { componentKind } from "../../src/payload/component_names.ts";

/** Removed on disposal. */
export interface SampleHome extends AsyncDisposable {
  readonly home: string;
  /** An executable with `deno`, `rootfs` and `agent`. */
  readonly executable: string;
  readonly store: VersionStore;
  /** Writes a component's file as staging does, and says what it is. */
  stage(name: string, content: Uint8Array, unpack?: boolean): Promise<StagedComponent>;
  /** A component of the executable. */
  embedded(name: string): StagedComponent;
  /** Names of the files in a folder of the home, sorted. */
  names(folder: string): Promise<readonly string[]>;
}

/** What the executable carries. */
export const CARRIED = {
  deno: new Uint8Array(60_000).map((_, place) => place * place),
  rootfs: new Uint8Array(20_000).fill(3),
  agent: new TextEncoder().encode("1 + 1"),
};

export async function openSampleHome(): Promise<SampleHome> {
  const root = await Deno.makeTempDir({ prefix: "windlass-versions-" });
  const home = join(root, "home");
  const executable = join(root, "windlass");
  const staging = join(home, "update", "staging");
  await Deno.mkdir(staging, { recursive: true });
  await Deno.writeFile(executable, sampleExecutable(CARRIED).bytes);
  const describe = (name: string, content: Uint8Array, unpack: boolean) => ({
    name,
    id: sha256(content),
    length: content.length,
    unpack,
    executable: componentKind(name)?.executable ?? false,
  });
  return {
    home,
    executable,
    store: await openVersionStore({ home, executable }),
    stage: async (name, content, unpack = false) => {
      const path = join(staging, `${sha256(content)}-${name}`);
      const bytes = unpack ? content : new Uint8Array(zstdCompressSync(content));
      await Deno.writeFile(path, bytes);
      const stored = unpack ? {} : { storedDigest: sha256(bytes), storedLength: bytes.length };
      return { ...describe(name, content, unpack), source: { path, ...stored } };
    },
    embedded: (name) => ({
      ...describe(name, CARRIED[name as keyof typeof CARRIED], componentKind(name)?.unpack ?? false),
      source: "embedded",
    }),
    names: async (folder) => {
      try {
        return (await Array.fromAsync(Deno.readDir(join(home, folder)), ({ name }) => name)).sort();
      } catch {
        return [];
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
