import assert from "node:assert/strict";
import type { Command } from "../command.ts";
import { COMMAND_LIST } from "../command_table.ts";
import { bashCompletions } from "./bash.ts";
import { completionModel } from "./completion_model.ts";
import { fishCompletions } from "./fish.ts";
import { powershellCompletions } from "./powershell.ts";
import { zshCompletions } from "./zsh.ts";

const run = () => Promise.resolve(0);
const COMMANDS = new Map<string, Command>([
  ["plain", { summary: "Do it", usage: "", run }],
  ["logs", {
    summary: "Show",
    usage: "",
    flags: { source: { type: "string", short: "s" }, lines: { type: "string" }, all: { type: "boolean" } },
    flagValues: { source: ["a", "b"] },
    operands: ["one"],
    run,
  }],
  ["pass", { summary: "Pass", usage: "", passThrough: true, run }],
  ["secret", { summary: "Hide", usage: "", hidden: true, run }],
]);
const HELP = { long: "help", short: "h" };

Deno.test("completionModel() has every listed command with its flags, operands and the help", () => {
  assert.deepEqual(completionModel(COMMANDS, { plain: [["x", "y"]] }), [
    { name: "plain", summary: "Do it", flags: [HELP], operands: [["x", "y"]], passThrough: false },
    {
      name: "logs",
      summary: "Show",
      flags: [{ long: "source", short: "s", values: ["a", "b"] }, { long: "lines", values: [] }, {
        long: "all",
      }, HELP],
      operands: [["one"]],
      passThrough: false,
    },
    { name: "pass", summary: "Pass", flags: [], operands: [], passThrough: true },
    {
      name: "help",
      summary: "Show the help, or that of one command",
      flags: [],
      operands: [["plain", "logs", "pass"]],
      passThrough: false,
    },
  ]);
});

Deno.test("every script names every listed command, and none that is hidden", () => {
  const model = completionModel(COMMAND_LIST);
  for (const script of [bashCompletions, zshCompletions, fishCompletions, powershellCompletions]) {
    const text = script(model);
    for (const { name } of model) assert.match(text, new RegExp(`\\b${name}\\b`), name);
    assert.doesNotMatch(text, /undefined|\[object/);
  }
});

Deno.test("powershellCompletions() writes words that are text to PowerShell", () => {
  const text = powershellCompletions(completionModel(COMMANDS));
  assert.match(
    text,
    /Summary = 'Show'\n {6}PassThrough = \$false\n {6}Flags = @\('--source', '--lines', '--all', '--help'\)/,
  );
  assert.match(text, /Values = @\{ '--source' = @\('a', 'b'\); '-s' = @\('a', 'b'\); '--lines' = @\(\) \}/);
  assert.match(text, /Operands = @\(,@\('one'\)\)/);
  assert.match(
    powershellCompletions(completionModel(new Map([["a", { summary: "It's", usage: "", run }]]))),
    /'It''s'/,
  );
});

Deno.test("every script asks the program for words that only it knows", () => {
  const model = completionModel(COMMANDS, { plain: [["x"], { printedBy: "plain names" }] });
  for (
    const [script, part] of [
      [bashCompletions, `plain:1) words=$("\${COMP_WORDS[0]}" plain names 2>/dev/null) ;;`],
      [zshCompletions, `'2::word:{compadd -- \${(f)"$(windlass plain names 2>/dev/null)"}}'`],
      [fishCompletions, `-n '__windlass_is plain 1' -a '(windlass plain names 2>/dev/null)'`],
      [powershellCompletions, "Operands = @(,@('x') + ,{ & windlass plain names 2>$null })"],
    ] as const
  ) {
    assert.ok(script(model).includes(part), script(model));
  }
});
