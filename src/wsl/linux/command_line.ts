import { parseCommand, type WslCommand } from "./command_options.ts";
import type { DistroChoice } from "./registry.ts";
import { splitCommandLine } from "./windows_quoting.ts";
import { WslFailure, wslFailure } from "./wsl_failure.ts";

/** What is to run in a distro. */
export type LaunchForm =
  | { readonly kind: "exec"; readonly words: readonly string[] }
  | { readonly kind: "shell"; readonly text: string; readonly login: boolean }
  | { readonly kind: "login" };

/** A program to run in a distro. */
export interface Launch {
  readonly kind: "launch";
  readonly distro: DistroChoice;
  readonly user?: string;
  /** As written: `~`, a path in the distro, or a path of the host in Windows form. */
  readonly directory?: string;
  readonly form: LaunchForm;
}

/** One understood command line. */
export type WslRequest = Launch | WslCommand;

type ShellType = "standard" | "login" | "none";

interface LaunchOptions {
  distro?: DistroChoice;
  user?: string;
  directory?: string;
  shellType: ShellType;
}

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

/** A cursor over the raw text: words are cut at blanks, and quotes mean nothing except around a folder. */
class RawText {
  constructor(public rest: string) {
    this.#skip();
  }

  peek(): string {
    return /^[^ \t]*/.exec(this.rest)?.[0] ?? "";
  }

  take(): string {
    const word = this.peek();
    this.rest = this.rest.slice(word.length);
    this.#skip();
    return word;
  }

  takeQuoted(): string {
    const quoted = /^"([^"]*)"/.exec(this.rest);
    if (quoted === null) return this.take();
    this.rest = this.rest.slice(quoted[0].length);
    this.#skip();
    return quoted[1] as string;
  }

  #skip(): void {
    this.rest = this.rest.replace(/^[ \t]+/, "");
  }
}

/**
 * Understands the text after the program name, in the order in which the real one does. Pure.
 *
 * @throws {WslFailure} what the real one prints for an argument that it does not know or that lacks its value.
 *
 * @example
 * ```ts
 * parseCommandLine("-d Debian --exec /bin/true"); // { kind: "launch", distro: { by: "name", name: "Debian" }, ... }
 * ```
 */
export function parseCommandLine(text: string): WslRequest {
  const raw = new RawText(text);
  const options: LaunchOptions = { shellType: "standard" };
  const guid = GUID.exec(raw.peek());
  if (guid !== null) {
    raw.take();
    options.distro = { by: "guid", guid: `{${(guid[1] as string).toLowerCase()}}` };
  }
  if (raw.peek() === "~") {
    raw.take();
    options.directory = "~";
  }
  while (raw.rest !== "") {
    if (!raw.peek().startsWith("-")) return launch(options, shellForm(options.shellType, raw.rest));
    const word = raw.take();
    if (word === "--") return launch(options, shellForm(options.shellType, raw.rest));
    if (word === "-e" || word === "--exec") return launch(options, execForm(raw.rest));
    if (takeOption(word, raw, options)) continue;
    const command = parseCommand(word, raw.rest);
    if (command !== undefined) return command;
    throw new WslFailure(
      `Invalid command line argument: ${word}\nPlease use 'wsl.exe --help' to get a list of supported arguments.`,
      null,
    );
  }
  return launch(options, { kind: "login" });
}

function takeOption(word: string, raw: RawText, options: LaunchOptions): boolean {
  const value = () => {
    if (raw.rest === "") throw new WslFailure(`Argument ${word} is missing a required parameter.`, null);
    return word === "--cd" ? raw.takeQuoted() : raw.take();
  };
  switch (word) {
    case "-d":
    case "--distribution": {
      const name = value();
      if (options.distro !== undefined) {
        throw new WslFailure("The distribution name has already been set.", null);
      }
      options.distro = { by: "name", name };
      return true;
    }
    case "--distribution-id": {
      const guid = GUID.exec(value());
      if (guid === null) throw wslFailure([], "E_INVALIDARG");
      options.distro = { by: "guid", guid: `{${(guid[1] as string).toLowerCase()}}` };
      return true;
    }
    case "-u":
    case "--user":
      options.user = value();
      return true;
    case "--cd":
      options.directory = value();
      return true;
    case "--shell-type": {
      const type = value();
      if (type !== "standard" && type !== "login" && type !== "none") throw wslFailure([], "E_INVALIDARG");
      options.shellType = type;
      return true;
    }
    default:
      return false;
  }
}

function execForm(rest: string): LaunchForm {
  const words = splitCommandLine(rest, "program");
  if (words.length === 0) throw wslFailure([], "E_INVALIDARG");
  return { kind: "exec", words };
}

function shellForm(type: ShellType, text: string): LaunchForm {
  if (text === "") return { kind: "login" };
  if (type === "none") return execForm(text);
  return { kind: "shell", text, login: type === "login" };
}

function launch(options: LaunchOptions, form: LaunchForm): Launch {
  const { distro = { by: "default" }, user, directory } = options;
  return {
    kind: "launch",
    distro,
    form,
    ...(user === undefined ? {} : { user }),
    ...(directory === undefined ? {} : { directory }),
  };
}
