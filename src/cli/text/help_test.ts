import assert from "node:assert/strict";
import { COMMAND_LIST } from "../command_table.ts";
import { helpText } from "./help.ts";

Deno.test("helpText() lists every command that is not hidden, on lines that fit a terminal", () => {
  const text = helpText(undefined, COMMAND_LIST, "linux");
  for (const [name, { hidden }] of COMMAND_LIST) {
    assert.equal(new RegExp(`^  ${name} +\\S`, "m").test(text), hidden !== true, name);
  }
  assert.deepEqual(text.split("\n").filter((line) => line.length > 100), []);
});

Deno.test("helpText() leaves out what only the other system has", () => {
  assert.match(helpText(undefined, COMMAND_LIST, "linux"), /^ {2}wsl /m);
  assert.doesNotMatch(helpText(undefined, COMMAND_LIST, "windows"), /^ {2}wsl /m);
});

Deno.test("helpText() explains one command", () => {
  assert.equal(helpText("status", COMMAND_LIST), "Show what is running\n\nUsage: windlass status [--json]\n");
});

Deno.test("helpText() refuses a topic that is not a command", () => {
  assert.throws(() => helpText("magic", COMMAND_LIST), {
    code: "WL_USAGE",
    message: "Cannot explain 'magic': unknown command",
  });
});
