import assert from "node:assert/strict";
import { COMMAND_LIST } from "./command_table.ts";
import { parseArguments } from "./parse_arguments.ts";

const parse = (...args: string[]) => parseArguments(args, COMMAND_LIST);

Deno.test("parseArguments() finds commands, flags and operands", () => {
  const parsed = parse("logs", "-f", "--source", "dockerd");
  assert.equal(parsed.kind, "run");
  assert.deepEqual({ ...(parsed.kind === "run" ? parsed.input.flags : {}) }, {
    follow: true,
    source: "dockerd",
  });
  const self = parse("self", "verify");
  assert.deepEqual(self.kind === "run" && self.input.operands, ["verify"]);
});

Deno.test("parseArguments() passes everything after docker and wsl on as it is", () => {
  const parsed = parse("docker", "run", "--rm", "-it", "--help", "--", "x y");
  assert.deepEqual(parsed.kind === "run" && parsed.input.operands, [
    "run",
    "--rm",
    "-it",
    "--help",
    "--",
    "x y",
  ]);
});

Deno.test("parseArguments() shows help for nothing, --help and a command's --help", () => {
  assert.deepEqual(parse(), { kind: "help", topic: undefined });
  assert.deepEqual(parse("-h"), { kind: "help", topic: undefined });
  assert.deepEqual(parse("help", "logs"), { kind: "help", topic: "logs" });
  assert.deepEqual(parse("logs", "--help"), { kind: "help", topic: "logs" });
});

Deno.test("parseArguments() takes --version for version", () => {
  const parsed = parse("--version");
  assert.equal(parsed.kind === "run" && parsed.command, COMMAND_LIST.get("version"));
});

const REFUSED: readonly [string[], string, string][] = [
  [
    ["frobnicate"],
    "Cannot run 'frobnicate': unknown command",
    "Run 'windlass help' to see the commands and their flags.",
  ],
  [
    ["start", "--fast"],
    "Cannot run 'start': unknown flag '--fast'",
    "Usage: windlass start [--on-demand | --no-wait] [--use-context]",
  ],
  [["stop", "now"], "Cannot run 'stop': unexpected argument 'now'", "Usage: windlass stop [--force]"],
  [
    ["logs", "--source"],
    "Cannot run 'logs': the flag '--source' needs a value",
    "Usage: windlass logs [-f] [--source host|agent|dockerd] [--level debug|info|warn|error] [-n LINES] [--json]",
  ],
  [
    ["status", "--json=yes"],
    "Cannot run 'status': the flag '--json' takes no value",
    "Usage: windlass status [--json]",
  ],
  [["self"], "Cannot run 'self': missing argument: verify", "Usage: windlass self verify"],
];
for (const [args, message, remedy] of REFUSED) {
  Deno.test(`parseArguments() refuses '${args.join(" ")}'`, () => {
    assert.throws(() => parse(...args), { code: "WL_USAGE", message, remedy });
  });
}
