import assert from "node:assert/strict";
import { namesInPath } from "./windows_names.ts";

/** What follows the drive, and the names as Windows reads them. */
const READ: readonly (readonly [string, string])[] = [
  ["\\", ""],
  ["\\a\\b", "a/b"],
  ["/a\\b/", "a/b"],
  ["\\a\\..\\b\\.\\c", "b/c"],
  ["\\..\\..\\a", "a"],
  ["\\a.", "a"],
  ["\\a. .", "a"],
  ["\\a ", "a"],
  ["\\a \\", "a "],
  ["\\a.\\b", "a/b"],
  ["\\a..\\b", "a../b"],
  ["\\a \\b", "a /b"],
  ["\\a\\...", "a"],
  ["\\.a\\b.txt", ".a/b.txt"],
  ["\\nul\\x", "nul/x"],
  ["\\aux.c", "aux.c"],
  ["\\console", "console"],
];

Deno.test("namesInPath() reads names as Windows does", () => {
  for (const [path, expected] of READ) {
    assert.deepEqual(namesInPath(path, false), { names: expected.split("/").filter((name) => name) }, path);
  }
});

Deno.test("namesInPath() keeps literal names as they are", () => {
  assert.deepEqual(namesInPath("\\a.\\NUL\\b. ", true), { names: ["a.", "NUL", "b. "] });
  assert.deepEqual(namesInPath("\\con", true), { names: ["con"] });
});

Deno.test("namesInPath() refuses the names of devices", () => {
  for (
    const name of ["CON", "prn", "Aux", "NUL", "com1", "LPT9", "com\u00b2", "CONIN$", "nul.", "nul ", "nul\\"]
  ) {
    const device = name.replace(/[. \\]$/, "");
    assert.deepEqual(namesInPath(`\\x\\${name}`, false), {
      refused: `'${device}' is the name of a device on Windows; choose another folder`,
    });
  }
});

Deno.test("namesInPath() refuses what no name can hold, literal or not", () => {
  for (const character of ["<", ">", ":", '"', "|", "?", "*"]) {
    for (const literal of [true, false]) {
      assert.deepEqual(namesInPath(`\\a${character}b\\c`, literal), {
        refused: `a name on a Windows drive cannot hold '${character}'; correct the path`,
      });
    }
  }
  assert.deepEqual(namesInPath("\\a\tb", false), {
    refused: "a name on a Windows drive cannot hold the control character 9; correct the path",
  });
});
