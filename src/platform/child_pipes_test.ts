import assert from "node:assert/strict";
import { findPipeOperations, openChildPipes, resourceBehind } from "./child_pipes.ts";

const INTERNAL = Symbol("internal");

function runtimeWith(core: unknown): object {
  return { internal: INTERNAL, [INTERNAL]: { core } };
}

const CORE = { read: () => {}, writeAll: () => {}, tryClose: () => {}, resources: () => ({}) };

Deno.test("findPipeOperations() finds those of this runtime", () => {
  assert.notEqual(findPipeOperations(Deno), null);
});

Deno.test("findPipeOperations() finds nothing where one operation is missing", () => {
  assert.equal(findPipeOperations(runtimeWith(CORE)), CORE);
  for (const name of Object.keys(CORE)) {
    assert.equal(findPipeOperations(runtimeWith({ ...CORE, [name]: undefined })), null, name);
  }
});

Deno.test("findPipeOperations() finds nothing in a runtime that is made differently", () => {
  for (const runtime of [{}, { internal: "internal" }, { internal: INTERNAL }, runtimeWith(undefined)]) {
    assert.equal(findPipeOperations(runtime), null);
  }
});

Deno.test("resourceBehind() takes an open resource of the wanted kind only", () => {
  const stream = { [Symbol("state")]: "writable", [Symbol("none")]: null, [Symbol("backing")]: { rid: 4 } };
  assert.equal(resourceBehind(stream, "childStdin", { 3: "childStdin", 4: "childStdin" }), 4);
  assert.equal(resourceBehind(stream, "childStdin", { 4: "childStdout" }), null);
  assert.equal(resourceBehind(stream, "childStdin", {}), null);
  assert.equal(resourceBehind({}, "childStdin", { 4: "childStdin" }), null);
});

Deno.test("openChildPipes() uses streams that no resource is behind", async () => {
  const written: Uint8Array[] = [];
  const stdin = new WritableStream<Uint8Array>({ write: (bytes) => void written.push(bytes) });
  const stdout = new ReadableStream({
    type: "bytes",
    start: (controller) => controller.enqueue(Uint8Array.of(2)),
  });
  const { link, access } = openChildPipes({ stdin, stdout });
  using _closed = link;
  assert.equal(access, "streams");
  await link.write(Uint8Array.of(1));
  assert.deepEqual(written, [Uint8Array.of(1)]);
  assert.deepEqual(await link.read(), Uint8Array.of(2));
});
