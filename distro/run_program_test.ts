import assert from "node:assert/strict";
import { WindlassError } from "../src/errors/windlass_error.ts";
import { runProgram } from "./run_program.ts";

/** What a failed run says; the cause is the system's and not compared. */
async function failureOf(program: string, programArguments: string[]) {
  const error = await runProgram(program, programArguments).catch((failure: unknown) => failure);
  assert.ok(error instanceof WindlassError);
  return [error.code, error.message];
}

Deno.test("runProgram() returns what the program prints", async () => {
  assert.equal(
    await runProgram("sh", ["-c", "echo $NAME"], { environment: { NAME: "windlass" } }),
    "windlass\n",
  );
});

Deno.test("runProgram() names a program that is not installed", async () => {
  assert.deepEqual(await failureOf("windlass-no-such-program", []), [
    "WL_TOOL_MISSING",
    "Cannot run 'windlass-no-such-program': it is not installed",
  ]);
});

Deno.test("runProgram() repeats the last lines of a program that failed", async () => {
  assert.deepEqual(await failureOf("sh", ["-c", "echo no archive >&2; exit 25"]), [
    "WL_IMAGE_BUILD_FAILED",
    "Cannot run 'sh': it ended with code 25:\nno archive",
  ]);
});
