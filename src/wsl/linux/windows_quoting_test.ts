import assert from "node:assert/strict";
import fc from "fast-check";
import { joinCommandLine, quoteArgument, splitCommandLine } from "./windows_quoting.ts";

const ARGUMENT = fc.string({ unit: fc.constantFrom("a", " ", "\t", '"', "\\", "\n", "ü", "\u{1F433}") });

Deno.test("quoteArgument() quotes only when needed", () => {
  assert.equal(quoteArgument("plain"), "plain");
  assert.equal(quoteArgument("C:\\dir\\"), "C:\\dir\\");
  assert.equal(quoteArgument(""), '""');
  assert.equal(quoteArgument("a b"), '"a b"');
  assert.equal(quoteArgument('say "hi"'), '"say \\"hi\\""');
  assert.equal(quoteArgument("a b\\"), '"a b\\\\"');
});

Deno.test("splitCommandLine() gives back what joinCommandLine() was given", () => {
  fc.assert(fc.property(fc.array(ARGUMENT), (args) => {
    assert.deepEqual(splitCommandLine(joinCommandLine(args), "argument"), args);
  }));
});

Deno.test("splitCommandLine() takes backslashes and quotes of a program name as they are", () => {
  assert.deepEqual(splitCommandLine('"/opt/my tool\\" "a b"', "program"), ["/opt/my tool\\", "a b"]);
  assert.deepEqual(splitCommandLine('/a" "b c', "program"), ["/a b", "c"]);
});

Deno.test("splitCommandLine() reads a doubled quote within quotes as one", () => {
  assert.deepEqual(splitCommandLine('"a""b" c', "argument"), ['a"b', "c"]);
});

Deno.test("splitCommandLine() finds no word in blank text", () => {
  assert.deepEqual(splitCommandLine(" \t", "argument"), []);
});
