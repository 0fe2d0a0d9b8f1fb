import assert from "node:assert/strict";
import { chosenSuites } from "./test_suites.ts";

const names = (words: string[]) => chosenSuites(words).map(({ name }) => name);

Deno.test("chosenSuites() takes names and --windows, keeps the order, and names what it does not know", () => {
  assert.deepEqual(names(["--windows", "unit"]), ["unit", "build", "windows"]);
  assert.deepEqual(names([]), [
    "gate",
    "unit",
    "build",
    "end_to_end",
    "docker",
    "fault",
    "hostile",
    "windows",
  ]);
  assert.throws(() => names(["unti"]), {
    message:
      "Cannot run suite unti: the suites are gate, unit, build, end_to_end, docker, fault, hostile, windows",
  });
});
