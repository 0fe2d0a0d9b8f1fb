import assert from "node:assert/strict";
import { terminalText } from "./terminal_text.ts";

Deno.test("terminalText() shows what a terminal would obey, and leaves lines, tabs and other letters", () => {
  assert.equal(
    terminalText("a\tü\r\n\x1b[31mred\x9b0m\x7f\x07"),
    "a\tü\r\n\\u001b[31mred\\u009b0m\\u007f\\u0007",
  );
});

Deno.test("terminalText() leaves the value of JSON as it is", () => {
  const value = { text: "\x1b]0;title\x07\x9b\x7f" };
  assert.deepEqual(JSON.parse(terminalText(JSON.stringify(value))), value);
});
