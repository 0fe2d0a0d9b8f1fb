import assert from "node:assert/strict";
import { COMMAND_LIST } from "./command_table.ts";
import { helpText } from "./help.ts";

Deno.test("helpText() lists every command that is not hidden, on lines that fit a terminal", () => {
  const text = helpText(undefined, COMMAND_LIST);
  for (const [name, { hidden }] of COMMAND_LIST) {
    assert.equal(new RegExp(`^  ${name} +\\S`, "m").test(text), hidden !== true, name);
  }
  assert.deepEqual(text.split("\n").filter((line) => line.length > 100), []);
});

Deno.test("helpText() explains one command", () => {
  assert.equal(helpText("status", COMMAND_LIST), "Show what runs\n\nUsage: windlass status [--json]\n");
});

Deno.test("helpText() refuses a topic that is no command", () => {
  assert.throws(() => helpText("magic", COMMAND_LIST), {
    code: "WL_USAGE",
    message: "Cannot explain 'magic': there is no such command",
  });
});
