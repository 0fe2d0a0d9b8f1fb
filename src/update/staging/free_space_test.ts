import assert from "node:assert/strict";
import { openTemporaryFolder } from "../../../tests/support/temporary_folder.ts";
import { requireSpace, whileSpaceLasts } from "./free_space.ts";

Deno.test("requireSpace() says what is needed and what is free", async () => {
  await using folder = await openTemporaryFolder("windlass-space");
  await requireSpace(folder.path, 1);
  await assert.rejects(requireSpace(folder.path, 5e15), (error: Error & { code: string }) => {
    assert.equal(error.code, "WL_NO_SPACE");
    const said = error.message.replace(/\d+ MB are free$/, "N MB are free");
    const needed = `it needs 5000000000 MB in '${folder.path}', and N MB are free`;
    assert.equal(said, `Cannot download the update: ${needed}`);
    return true;
  });
});

Deno.test("requireSpace() accepts a system that does not report its free space", async () => {
  await using folder = await openTemporaryFolder("windlass-space");
  await requireSpace(`${folder.path}/missing`, 5e15);
});

Deno.test("whileSpaceLasts() reports a full disk, and passes other failures on", async () => {
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  await assert.rejects(whileSpaceLasts("/x", () => Promise.reject(full)), {
    code: "WL_NO_SPACE",
    message: "Cannot download the update: the disk of '/x' is full",
  });
  const other = new Error("other");
  await assert.rejects(whileSpaceLasts("/x", () => Promise.reject(other)), other);
  assert.equal(await whileSpaceLasts("/x", () => Promise.resolve(7)), 7);
});
