import { parseArgs } from "node:util";
import { WindlassError } from "../errors/windlass_error.ts";
import type { Command, CommandInput } from "./command.ts";
import { usageError } from "./usage.ts";

/** What a command line asks for. */
export type ParsedArguments =
  | { readonly kind: "run"; readonly command: Command; readonly input: CommandInput }
  | { readonly kind: "help"; readonly topic: string | undefined };

/** Spellings that people try first. */
const ALIASES: Readonly<Record<string, string>> = { "--version": "version", "-v": "version" };

/**
 * Turns arguments into a command and its input. Pure.
 *
 * @throws {WindlassError} `WL_USAGE` that names the unknown word.
 */
export function parseArguments(
  args: readonly string[],
  commands: ReadonlyMap<string, Command>,
): ParsedArguments {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h") return { kind: "help", topic: undefined };
  const name = ALIASES[first] ?? first;
  if (name === "help") return { kind: "help", topic: rest[0] };
  const command = commands.get(name);
  if (command === undefined) {
    throw new WindlassError("WL_USAGE", `Cannot run '${first}': unknown command`);
  }
  if (command.passThrough) return { kind: "run", command, input: { flags: {}, operands: rest } };
  if (rest.includes("--help") || rest.includes("-h")) return { kind: "help", topic: name };
  return { kind: "run", command, input: parseRest(name, command, rest) };
}

function parseRest(name: string, command: Command, rest: string[]): CommandInput {
  const options = command.flags ?? {};
  const { values, tokens } = parseArgs({ args: rest, options, strict: false, tokens: true });
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const known = options[token.name];
    if (known === undefined) throw usageError(name, command.usage, `unknown flag '${token.rawName}'`);
    if (known.type === "string" && token.value === undefined) {
      throw usageError(name, command.usage, `the flag '${token.rawName}' needs a value`);
    }
    if (known.type === "boolean" && token.value !== undefined) {
      throw usageError(name, command.usage, `the flag '${token.rawName}' takes no value`);
    }
  }
  const wanted = command.operands ?? [];
  const most = command.repeatsLast ? Infinity : wanted.length + (command.moreOperands?.length ?? 0);
  if (operands.length > most) {
    throw usageError(name, command.usage, `unexpected argument '${operands[most]}'`);
  }
  if (operands.length < wanted.length) {
    throw usageError(name, command.usage, `missing argument: ${wanted[operands.length]}`);
  }
  return { flags: values as CommandInput["flags"], operands };
}
