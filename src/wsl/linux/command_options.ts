import { parseArgs, type ParseArgsConfig } from "node:util";
import { splitCommandLine } from "./windows_quoting.ts";
import { WslFailure, wslFailure } from "./wsl_failure.ts";

/** The archive formats that `--export` writes. */
export type ExportFormat = "tar" | "tar.gz" | "tar.xz";

/** Which distros `--list` shows, and how. */
export interface ListCommand {
  readonly kind: "list";
  readonly all: boolean;
  readonly running: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What `--import` registers, and as which kind of WSL. */
export interface ImportCommand {
  readonly kind: "import";
  readonly name: string;
  readonly directory: string;
  readonly source: string;
  readonly version: 1 | 2;
}

/** A command that starts no program. */
export type WslCommand =
  | ListCommand
  | ImportCommand
  | {
    readonly kind: "export";
    readonly name: string;
    readonly target: string;
    readonly format: ExportFormat;
  }
  | { readonly kind: "unregister" | "terminate" | "set-default"; readonly name: string }
  | { readonly kind: "shutdown"; readonly force: boolean }
  | { readonly kind: "status" | "version" | "help" | "service" };

/** What `--help` and a wrong use of a command print. */
export const USAGE_TEXT = `Usage: wsl [options] [command line]

Runs a program in a distribution; without a command line, the user's shell.
    --exec, -e <command line>       Run the program without a shell.
    --shell-type <type>             standard, login or none.
    --                              What follows is the command line.

Options:
    --cd <folder>                   Start in this folder; ~ is the user's home.
    --distribution, -d <name>       Use this distribution instead of the default one.
    --distribution-id <guid>        The same, by its id.
    --user, -u <name>               Run as this user.

Commands:
    --export <name> <file> [--format <tar|tar.gz|tar.xz>]
    --import <name> <folder> <file> [--version <1|2>]
    --list, -l [--all] [--running] [--quiet, -q] [--verbose, -v]
    --set-default, -s <name>
    --shutdown [--force]
    --status
    --terminate, -t <name>
    --unregister <name>
    --version, -v
    --help
A file named - is the standard input or output.
`;

/** The failure that prints the usage text and no code line. */
export function usageFailure(): WslFailure {
  return new WslFailure(USAGE_TEXT, null);
}

type OptionTypes = NonNullable<ParseArgsConfig["options"]>;

/**
 * Understands the rest of a line after the command's own word; `undefined` when there is no such command.
 *
 * @throws {WslFailure} `E_INVALIDARG` for a missing or surplus word; the usage text for options that exclude each other.
 */
export function parseCommand(word: string, rest: string): WslCommand | undefined {
  switch (word) {
    case "--import":
      return parseImport(rest);
    case "--export":
      return parseExport(rest);
    case "--unregister":
      return { kind: "unregister", name: onlyName(rest) };
    case "-t":
    case "--terminate":
      return { kind: "terminate", name: onlyName(rest) };
    case "-s":
    case "--set-default":
    case "--setdefault":
      return { kind: "set-default", name: onlyName(rest) };
    case "--shutdown":
      return {
        kind: "shutdown",
        force: optionsOf(rest, { force: { type: "boolean" } }, 0).values.force === true,
      };
    case "-l":
    case "--list":
      return parseList(rest);
    case "--status":
      return { kind: "status" };
    case "-v":
    case "--version":
      return { kind: "version" };
    case "--help":
      return { kind: "help" };
    case "--service":
      return { kind: "service" };
    default:
      return undefined;
  }
}

function parseImport(rest: string): WslCommand {
  const { values, positionals } = optionsOf(rest, {
    version: { type: "string" },
    vhd: { type: "boolean" },
  }, 3);
  const [name, directory, source] = positionals as [string, string, string];
  const version = values.version ?? "2";
  if ((version !== "1" && version !== "2") || values.vhd === true) throw wslFailure([], "E_INVALIDARG");
  if (/\.vhdx?$/i.test(source)) {
    throw new WslFailure("The file is a virtual disk, which cannot be imported here. Use an archive.", null);
  }
  return { kind: "import", name, directory, source, version: version === "1" ? 1 : 2 };
}

function parseExport(rest: string): WslCommand {
  const { values, positionals } = optionsOf(rest, {
    format: { type: "string" },
    vhd: { type: "boolean" },
  }, 2);
  const [name, target] = positionals as [string, string];
  if (values.vhd === true && values.format !== undefined) throw usageFailure();
  const format = values.format ?? "tar";
  if (values.vhd === true || (format !== "tar" && format !== "tar.gz" && format !== "tar.xz")) {
    throw wslFailure([], "E_INVALIDARG");
  }
  return { kind: "export", name, target, format };
}

function parseList(rest: string): WslCommand {
  const { values } = optionsOf(rest, {
    all: { type: "boolean" },
    running: { type: "boolean" },
    quiet: { type: "boolean", short: "q" },
    verbose: { type: "boolean", short: "v" },
    online: { type: "boolean", short: "o" },
  }, 0);
  const { all = false, running = false, quiet = false, verbose = false, online = false } = values;
  if ((quiet && verbose) || (all && running) || (online && (verbose || all))) throw usageFailure();
  if (online) throw new WslFailure("There is no online list of distributions here.", null);
  return {
    kind: "list",
    all: all === true,
    running: running === true,
    quiet: quiet === true,
    verbose: verbose === true,
  };
}

function onlyName(rest: string): string {
  return optionsOf(rest, {}, 1).positionals[0] as string;
}

function optionsOf<T extends OptionTypes>(rest: string, options: T, count: number) {
  let parsed: ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: splitCommandLine(rest, "argument"), options, allowPositionals: true });
  } catch (error) {
    const what = error instanceof Error ? (error.message.split(". ")[0] as string) : String(error);
    throw wslFailure([], "E_INVALIDARG", what);
  }
  if (parsed.positionals.length !== count) throw wslFailure([], "E_INVALIDARG");
  return parsed;
}
