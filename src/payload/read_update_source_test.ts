import assert from "node:assert/strict";
import { sampleExecutable, writeSample } from "../../tests/fakes/sample_executable.ts";
import { isWindlassError } from "../errors/windlass_error.ts";
import { NEVER } from "../timing/sleep.ts";
import { openExecutable } from "./executable.ts";
import type { Payload } from "./payload.ts";
import { hasUpdateSource, readUpdateSource } from "./read_update_source.ts";
import { verifyVersion } from "../update/change/verify_version.ts";

const ENCODER = new TextEncoder();
const SOURCE = { url: "https://example.org/windlass", root: { signed: { a: 1 }, signatures: [] } };

/** Opens an executable with these contents. */
async function withVersion<Result>(
  contents: Readonly<Record<string, string>>,
  work: (version: Payload) => Promise<Result>,
  damage?: (bytes: Uint8Array) => void,
): Promise<Result> {
  const { bytes } = sampleExecutable(
    Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, ENCODER.encode(text)])),
  );
  damage?.(bytes);
  await using file = await writeSample(bytes);
  using version = await openExecutable(file.path);
  return await work(version);
}

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "none",
    (error) => isWindlassError(error) ? `${error.code}: ${error.message}` : String(error),
  );
}

Deno.test("readUpdateSource() reads where the channel is and what it trusts", async () => {
  const { url, root } = await withVersion({ "update-source": JSON.stringify(SOURCE) }, (version) => {
    assert.ok(hasUpdateSource(version));
    return readUpdateSource(version);
  });
  assert.deepEqual([url, JSON.parse(new TextDecoder().decode(root))], [SOURCE.url, SOURCE.root]);
});

const REFUSED: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    "a build without a channel",
    { app: "x" },
    "WL_UPDATE_NO_CHANNEL: Cannot check for updates: this build has no update channel",
  ],
  [
    "no JSON",
    { "update-source": "{" },
    "WL_EXECUTABLE_CORRUPT: Cannot read component 'update-source': it is not JSON",
  ],
  [
    "something else",
    { "update-source": JSON.stringify({ ...SOURCE, more: 1 }) },
    "WL_EXECUTABLE_CORRUPT: Cannot read component 'update-source': its format is not valid",
  ],
  [
    "too much",
    { "update-source": `"${"x".repeat(600 * 1024)}"` },
    "WL_EXECUTABLE_CORRUPT: Cannot read component 'update-source': it is too long",
  ],
];

for (const [name, contents, expected] of REFUSED) {
  Deno.test(`readUpdateSource() refuses ${name}`, async () => {
    assert.equal(await withVersion(contents, (version) => failure(readUpdateSource(version))), expected);
  });
}

Deno.test("verifyVersion() finds a single changed byte, and lets a whole version pass", async () => {
  const contents = { deno: "a runtime", app: "a program" };
  assert.equal(await withVersion(contents, (version) => failure(verifyVersion(version, NEVER))), "none");
  const found = await withVersion(
    contents,
    (version) => failure(verifyVersion(version, NEVER)),
    (bytes) => bytes[64 + 12]! ^= 1, // within the first component behind the stub
  );
  assert.equal(
    found,
    "WL_VERSION_INCOMPLETE: Cannot use version 'embedded': the bytes of component 'deno' differ from what was installed",
  );
});

Deno.test("verifyVersion() ends with its signal", async () => {
  const found = await withVersion(
    { deno: "a runtime" },
    (version) => failure(verifyVersion(version, AbortSignal.abort(new Error("enough")))),
  );
  assert.equal(found, "Error: enough");
});
