import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { openExecutable } from "./executable.ts";
import { sampleExecutable, writeSample } from "../../tests/fakes/sample_executable.ts";

const DENO = crypto.getRandomValues(new Uint8Array(60_000));
const AGENT = new TextEncoder().encode("1 + 1");

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

Deno.test("openExecutable() lists the components in the order of the file", async () => {
  const sample = sampleExecutable({ deno: DENO, agent: AGENT });
  await using file = await writeSample(sample.bytes);
  using executable = await openExecutable(file.path);
  assert.deepEqual(executable.components, sample.components);
  assert.equal(executable.component("agent").rawLength, AGENT.length);
});

Deno.test("Executable.storedStream() gives each of two readers at once its own bytes", async () => {
  await using file = await writeSample(sampleExecutable({ deno: DENO, agent: AGENT }).bytes);
  using executable = await openExecutable(file.path);
  const streams = ["deno", "agent", "deno"].map((name) => collect(executable.storedStream(name)));
  const contents = (await Promise.all(streams)).map((bytes) => new Uint8Array(zstdDecompressSync(bytes)));
  assert.deepEqual(contents, [DENO, AGENT, DENO]);
});

Deno.test("Executable.component() names what is missing", async () => {
  await using file = await writeSample(sampleExecutable({ deno: DENO }).bytes);
  using executable = await openExecutable(file.path);
  assert.throws(() => executable.component("rootfs"), {
    code: "WL_EXECUTABLE_CORRUPT",
    message: `Cannot read '${file.path}': component 'rootfs' is missing`,
  });
});

Deno.test("openExecutable() says what is wrong with a file that is not one", async () => {
  await using file = await writeSample(DENO);
  await assert.rejects(openExecutable(file.path), {
    code: "WL_EXECUTABLE_CORRUPT",
    message: `Cannot read '${file.path}': its footer is missing`,
  });
});

Deno.test("openExecutable() says why a file cannot be read", async () => {
  await assert.rejects(openExecutable("/nowhere/windlass"), {
    code: "WL_EXECUTABLE_UNREADABLE",
    message:
      "Cannot read '/nowhere/windlass': No such file or directory (os error 2): open '/nowhere/windlass'",
  });
});
