import assert from "node:assert/strict";
import { WindlassError } from "../errors/windlass_error.ts";
import { describeError } from "./print_error.ts";

Deno.test("describeError() prints sentence, code and remedy", () => {
  const error = new WindlassError(
    "WL_ROOT_NEEDED",
    "Cannot start Windlass: user id is 1000, and namespaces require root",
  );
  assert.deepEqual(describeError(error), {
    text: "windlass: Cannot start Windlass: user id is 1000, and namespaces require root\n" +
      "  WL_ROOT_NEEDED: Run the same command as root, for example with 'sudo'.\n",
    exitCode: 1,
  });
});

Deno.test("describeError() gives usage errors their own exit code", () => {
  assert.equal(
    describeError(new WindlassError("WL_USAGE", "Cannot run 'x': unknown command")).exitCode,
    2,
  );
});

Deno.test("describeError() calls an unknown error a defect", () => {
  assert.deepEqual(describeError(new RangeError("index 3")), {
    text: "windlass: Cannot continue: index 3\n" +
      "  WL_INTERNAL: This is a bug in Windlass: please report it with the output of 'windlass logs'.\n",
    exitCode: 1,
  });
});
