import assert from "node:assert/strict";
import { commandLine, environmentText } from "./command_line.ts";

for (
  const [argument, quoted] of [
    ["plain", "plain"],
    ["", '""'],
    ["two words", '"two words"'],
    ['a"b', '"a\\"b"'],
    ["C:\\x\\", "C:\\x\\"],
    ["C:\\a b\\", '"C:\\a b\\\\"'],
    ['back\\\\"quote', '"back\\\\\\\\\\"quote"'],
    ["tab\there", '"tab\there"'],
  ] as const
) {
  Deno.test(`commandLine() writes the argument '${argument}' as ${quoted}`, () => {
    assert.equal(commandLine(["C:\\a b\\x.exe", argument]), `"C:\\a b\\x.exe" ${quoted}`);
  });
}

Deno.test("environmentText() sorts the variables, and takes the last of those that differ only in case", () => {
  assert.equal(
    environmentText({ Path: "p", ALPHA: "1", path: "q", b: "=" }),
    "ALPHA=1\0b==\0path=q\0",
  );
  assert.equal(environmentText({}), "\0");
});
