import assert from "node:assert/strict";
import { parseLock } from "./go_programs.ts";

Deno.test("parseLock() reads programs and refuses half a line", () => {
  const text = "# comment\na.exe example.org/a v1.0.0 h1:x= ./cmd/a go.mod\n";
  assert.deepEqual(parseLock(text), [{
    program: "a.exe",
    module: "example.org/a",
    version: "v1.0.0",
    hash: "h1:x=",
    package: "./cmd/a",
    requirements: "go.mod",
  }]);
  assert.throws(() => parseLock("a.exe example.org/a\n"), {
    message: "Cannot read go_programs.lock: 'a.exe example.org/a' has no 6 words",
  });
});
