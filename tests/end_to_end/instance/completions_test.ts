/**
 * The completion scripts in the shells that they are for. A shell that this machine does not have is left out and
 * named: bash is everywhere, zsh and fish are among the packages of the tests, PowerShell is not in Debian.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { COMMAND_LIST } from "../../../src/cli/command_table.ts";
import { completions } from "../../../src/cli/commands/completions.ts";
import type { CommandContext } from "../../../src/cli/command.ts";
import { openTemporaryFolder } from "../../support/temporary_folder.ts";

/** What is typed, and the one word that completes it. */
const TYPED: readonly (readonly [line: string, word: string])[] = [
  ["windlass unin", "uninstall"],
  ["windlass com", "completions"],
  ["windlass logs --sou", "--source"],
  ["windlass logs --source age", "agent"],
  ["windlass logs --level war", "warn"],
  ["windlass logs -f --source do", "dockerd"],
  ["windlass settings g", "get"],
  ["windlass settings get engine.i", "engine.idleTimeout"],
  ["windlass settings --json set ports.d", "ports.defaultAddress"],
  ["windlass settings list --js", "--json"],
  ["windlass completions f", "fish"],
  ["windlass help versi", "version"],
  ["windlass self ver", "verify"],
  ["windlass workspace dis", "disable"],
  ["windlass workspace enable Ubu", "Ubuntu-24.04"],
];

/** What has no completion, or more than one; the words are exactly these. */
const LISTED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["windlass settings ", ["get", "list", "reset", "set"]],
  ["windlass settings set ports.", ["ports.defaultAddress", "ports.hostServices"]],
  ["windlass logs --lines 1", []],
  ["windlass version x", []],
  ["windlass st", ["start", "status", "stop"]],
  ["windlass host", []],
  ["windlass workspace enable ", ["Debian", "Ubuntu-24.04"]],
];

function script(shell: string): string {
  let text = "";
  const context = { print: (part: string) => text += part } as unknown as CommandContext;
  completions({ flags: {}, operands: [shell] }, context, COMMAND_LIST);
  return text;
}

/** Stands for the program, which scripts ask for the names of distros. */
const PROGRAM = `#!/bin/sh
[ "$*" = "workspace names" ] && printf 'Ubuntu-24.04\\nDebian\\n'
`;
/** The folder with it, first in the path; set for each script. */
let programs = "";

async function output(program: string, args: string[]): Promise<string> {
  const env = { PATH: `${programs}:${Deno.env.get("PATH")}` };
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env, stdin: "null" }).output();
  const complaints = new TextDecoder().decode(stderr);
  assert.ok(success, `${program}: ${complaints}`);
  assert.equal(complaints, "");
  return new TextDecoder().decode(stdout);
}

async function has(program: string): Promise<boolean> {
  const found = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`], stdout: "null" })
    .output();
  return found.success;
}

/** The candidates for the last word of the line, sorted. */
type Complete = (file: string, line: string) => Promise<string[]>;

const completeInBash: Complete = async (file, line) => {
  const words = line.split(" ");
  const found = await output("bash", [
    "--norc",
    "-c",
    `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _windlass; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    file,
    ...words,
  ]);
  return found.split("\n").filter((word) => word !== "").sort();
};

const completeInFish: Complete = async (file, line) => {
  const found = await output("fish", [
    "--no-config",
    "-c",
    'source $argv[1]; complete -C "$argv[2]"',
    file,
    line,
  ]);
  return found.split("\n").map((row) => row.split("\t")[0]!).filter((word) => word !== "").sort();
};

/** A zsh in a terminal of its own, which shows its line after the tab. */
const ZSH_SESSION = `
zmodload zsh/zpty
zpty session zsh -f -i
ask() { zpty -w session "$1"; zpty -r session reply "*$2*" }
ask "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste 2>/dev/null; autoload -U compinit; compinit -u -D; source $1; show() { print -r -- \\"<<\\$BUFFER>>\\"; BUFFER= }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print rea''dy" ready
shift
for line in "$@"; do
  zpty -w -n session "$line"$'\\t\\x18'
  zpty -r session reply '*<<*>>*'
  print -r -- "$reply"
done
zpty -d session
`;

/** Zsh changes its line, and only where there is one word; a session takes longer to begin than all lines together. */
async function completeInZsh(file: string, lines: readonly string[]): Promise<string[]> {
  const shown = await output("zsh", ["-f", "-c", ZSH_SESSION, "zsh", file, ...lines]);
  return [...shown.matchAll(/<<(.*?)>>/g)].map(([, line]) => line!.trimEnd());
}

async function withScript(shell: string, use: (file: string) => Promise<void>): Promise<void> {
  await using folder = await openTemporaryFolder("windlass-completions");
  programs = join(folder.path, "programs");
  await Deno.mkdir(programs);
  await Deno.writeTextFile(join(programs, "windlass"), PROGRAM, { mode: 0o755 });
  const file = join(folder.path, "windlass");
  await Deno.writeTextFile(file, script(shell));
  await use(file);
}

async function testShell(shell: string, run: (file: string) => Promise<void>): Promise<void> {
  const missing = !await has(shell);
  Deno.test({
    name: `${shell} completes command lines${missing ? " (left out: it is not installed)" : ""}`,
    ignore: missing,
    fn: () => withScript(shell, run),
  });
}

async function checkCandidates(file: string, complete: Complete): Promise<void> {
  for (const [line, word] of TYPED) assert.deepEqual(await complete(file, line), [word], line);
  for (const [line, words] of LISTED) assert.deepEqual(await complete(file, line), words, line);
}

await testShell("bash", (file) => checkCandidates(file, completeInBash));
await testShell("fish", (file) => checkCandidates(file, completeInFish));
await testShell("zsh", async (file) => {
  const lines = TYPED.map(([line]) => line);
  const completed = TYPED.map(([line, word]) => [...line.split(" ").slice(0, -1), word].join(" "));
  assert.deepEqual(await completeInZsh(file, lines), completed);
});
