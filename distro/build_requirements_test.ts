import assert from "node:assert/strict";
import { WindlassError } from "../src/errors/windlass_error.ts";
import { requireBuildTools } from "./build_requirements.ts";

Deno.test("requireBuildTools() says so when the user is not root", async () => {
  await assert.rejects(
    requireBuildTools(1000),
    new WindlassError("WL_ROOT_NEEDED", "Cannot build the image: user id is 1000, not 0"),
  );
});

Deno.test("requireBuildTools() names a program that is not installed", async () => {
  const error = await requireBuildTools(0, ["sh-that-is-not-there"]).catch((failure: unknown) => failure);
  assert.ok(error instanceof WindlassError);
  assert.equal(error.code, "WL_TOOL_MISSING");
  assert.equal(error.message, "Cannot run 'sh-that-is-not-there': it is not installed");
});
