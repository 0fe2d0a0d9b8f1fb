import type { ParseArgsOptionsConfig } from "node:util";
import type { Home } from "../host/home.ts";
import type { OperatingSystem } from "../platform/operating_system.ts";

/** What a command may use of the world; handed in, so that commands are tested without a process. */
export interface CommandContext {
  /** Paths of the instance; throws `WL_HOME_INVALID` if they cannot be determined. */
  home(): Home;
  /** The variables of this process. */
  environment(): Readonly<Record<string, string | undefined>>;
  /** The packaged executable that this process came from; throws `WL_NOT_PACKAGED` in a bare checkout. */
  executable(): string;
  /** Which version of the executable's home this process is: "embedded" or an index's sha256; and whether it is on trial. */
  version(): { readonly id: string; readonly trial: boolean };
  /** Text for the user's eyes or a pipe; no line end is added. */
  print(text: string): void;
  /** As `print`, to stderr: progress and warnings. */
  note(text: string): void;
  /** Resolves when the user has pressed Enter, or cannot press anything. */
  waitForEnter(): Promise<void>;
  /** Asks the user and resolves to the line that is the answer; to nothing where nobody can be asked. */
  ask(question: string): Promise<string | undefined>;
  /** Whether stderr is a terminal, so that progress may be redrawn in place. */
  readonly interactive: boolean;
  /** Characters in a line of the terminal; a usual number without one. */
  columns(): number;
  /** Aborted by Ctrl-C. A command that never reads it dies of Ctrl-C as any program does. */
  readonly signal: AbortSignal;
  /** Whether Ctrl-C has been pressed. */
  interrupted(): boolean;
}

/** What the parser found. */
export interface CommandInput {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly operands: readonly string[];
}

/** One entry of the command table. */
export interface Command {
  /** One line for `windlass help`. */
  readonly summary: string;
  /** What may follow the name, for `windlass help <command>`. */
  readonly usage: string;
  /** Flags, as node:util's parseArgs takes them. */
  readonly flags?: ParseArgsOptionsConfig;
  /** The words that a flag takes, where they are few; for completions. */
  readonly flagValues?: Readonly<Record<string, readonly string[]>>;
  /** Names of operands, all required. */
  readonly operands?: readonly string[];
  /** Names of operands after those that may be left out. */
  readonly moreOperands?: readonly string[];
  /** Whether the last operand may be followed by more of its kind. */
  readonly repeatsLast?: boolean;
  /** Everything after the name belongs to another program and is passed on as it is. */
  readonly passThrough?: boolean;
  /** The only system that has the command; the help of others leaves it out. */
  readonly system?: OperatingSystem;
  /** Not listed in the help. */
  readonly hidden?: boolean;
  /** Loads what the command needs, then runs it; resolves to the exit code. */
  run(input: CommandInput, context: CommandContext, commands: CommandList): Promise<number>;
}

/** All commands by name. Handed to {@linkcode Command.run}, since a command cannot import the table that it is in. */
export type CommandList = ReadonlyMap<string, Command>;
