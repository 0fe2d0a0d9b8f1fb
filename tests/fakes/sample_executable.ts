/** A small executable in memory for the tests of this folder: real format, no program. */
import { zstdCompressSync } from "node:zlib";
import {
  type Component,
  type ComponentFlags,
  encodeFooter,
  encodeIndex,
  sha256,
} from "../../src/payload/executable_codec.ts";
import { componentKind } from "../../src/payload/component_names.ts";

/** Bytes of an executable and what its index says. */
export interface SampleExecutable {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly components: readonly Component[];
}

/** The flags of a component; one that the product does not have has none. */
function flagsOf(name: string): ComponentFlags {
  const { stored = false, unpack = false, executable = false } = componentKind(name) ?? {};
  return { stored, unpack, executable };
}

/** Joins contents, by name, behind a stub, which is not a program. */
export function sampleExecutable(
  contents: Readonly<Record<string, Uint8Array>>,
  stub: Uint8Array = new Uint8Array(64).fill(7),
): SampleExecutable {
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
      ...flagsOf(name),
    });
    parts.push(stored);
    offset += stored.length;
  };
  add("stub", stub, stub);
  for (const [name, raw] of Object.entries(contents)) add(name, raw, zstdCompressSync(raw));
  const index = encodeIndex(components);
  parts.push(index, encodeFooter(components, index));
  return { bytes: new Uint8Array(parts.flatMap((part) => [...part])), components };
}

/** Where a Windows program's headers have what signing changes; see `src/payload/pe_layout.ts`. */
const PE_FIELDS = { checksum: 216, certificateTable: 296 };

/** A stub that has the headers of a Windows program, without a checksum. */
export function sampleWindowsStub(): Uint8Array<ArrayBuffer> {
  const stub = new Uint8Array(1_500).fill(7);
  const view = new DataView(stub.buffer);
  view.setUint16(0, 0x5a4d, true); // MZ
  view.setUint32(60, 128, true);
  view.setUint32(128, 0x4550, true); // PE
  view.setUint16(152, 0x20b, true); // PE32+
  stub.fill(0, PE_FIELDS.checksum, PE_FIELDS.checksum + 4);
  stub.fill(0, PE_FIELDS.certificateTable, PE_FIELDS.certificateTable + 8);
  return stub;
}

/** What a signer makes of an executable with that stub: a checksum, padding, and a table at the end. */
export function signSample(bytes: Uint8Array, padding = (8 - bytes.length % 8) % 8): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(64).fill(9);
  const signed = new Uint8Array([...bytes, ...new Uint8Array(padding), ...table]);
  const view = new DataView(signed.buffer);
  view.setUint32(PE_FIELDS.checksum, 0x1234_5678, true);
  view.setUint32(PE_FIELDS.certificateTable, bytes.length + padding, true);
  view.setUint32(PE_FIELDS.certificateTable + 4, table.length, true);
  return signed;
}

/** Writes the bytes to a file which is removed on disposal. */
export async function writeSample(bytes: Uint8Array): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempFile({ prefix: "windlass-sample-" });
  await Deno.writeFile(path, bytes);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
