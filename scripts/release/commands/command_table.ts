import { parseArgs } from "node:util";
import { BUNDLE, REFRESH, ROLLOUT, SOURCE, VERIFY, WITHDRAW } from "./channel_commands.ts";
import { type ReleaseCommand, ReleaseInput, usage } from "./command.ts";
import { KEYS_NEW } from "./keys_command.ts";
import { PUBLISH } from "./publish_command.ts";
import { ROOT_NEW, ROOT_PUBLISH, ROOT_REVOKE, ROOT_ROTATE, ROOT_SIGN } from "./root_commands.ts";

/** Every command by the words that call it. */
export const RELEASE_COMMANDS: Readonly<Record<string, ReleaseCommand>> = {
  "keys new": KEYS_NEW,
  "root new": ROOT_NEW,
  "root rotate": ROOT_ROTATE,
  "root revoke": ROOT_REVOKE,
  "root sign": ROOT_SIGN,
  "root publish": ROOT_PUBLISH,
  source: SOURCE,
  publish: PUBLISH,
  rollout: ROLLOUT,
  withdraw: WITHDRAW,
  refresh: REFRESH,
  bundle: BUNDLE,
  verify: VERIFY,
};

/**
 * Finds the command that arguments call, and reads its flags. Nothing if they ask for help.
 *
 * @throws {WindlassError} `WL_USAGE`.
 */
export function parseReleaseArguments(
  args: readonly string[],
  signal: AbortSignal,
): { readonly command: ReleaseCommand; readonly input: ReleaseInput } | undefined {
  if (args.length === 0 || args[0] === "help" || args.includes("--help")) return undefined;
  const name =
    Object.keys(RELEASE_COMMANDS).find((words) =>
      words.split(" ").every((word, place) => args[place] === word)
    ) ?? usage(`there is no command '${args.slice(0, 2).join(" ")}'`);
  const command = RELEASE_COMMANDS[name] ?? usage(`there is no command '${name}'`);
  const rest = args.slice(name.split(" ").length);
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([flag, kind]) => [
      flag,
      { type: kind === "switch" ? "boolean" : "string" } as const,
    ]),
  );
  const { tokens } = parseArgs({ args: [...rest], options, strict: false, tokens: true });
  const values: Record<string, string[]> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const kind = command.flags[token.name] ?? usage(`'${name}' has no flag '${token.rawName}'`);
    const isSwitch = kind === "switch";
    if (isSwitch !== (token.value === undefined)) {
      usage(`the flag '${token.rawName}' ${isSwitch ? "takes no" : "needs a"} value`);
    }
    if (kind === "one" && values[token.name]) usage(`the flag '${token.rawName}' is given twice`);
    (values[token.name] ??= []).push(token.value ?? "");
  }
  if (operands.length > 0 && !command.operands) usage(`unexpected argument '${operands[0]}'`);
  return { command, input: new ReleaseInput(values, operands, signal) };
}

/** The commands and their flags, as text. */
export function releaseHelp(): string {
  const lines = Object.entries(RELEASE_COMMANDS).map(([name, { usage, summary }]) =>
    `${summary}:\n  ${name} ${usage}\n`
  );
  return `Makes releases of Windlass; see docs/releasing.md.\n\n${lines.join("\n")}`;
}
