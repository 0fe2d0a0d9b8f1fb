import type { Command } from "./command.ts";

/**
 * Every command. Each loads its own code only when it runs: a short command must not pay for the long ones.
 */
export const COMMANDS = {
  start: {
    summary: "Start Windlass and the Docker engine",
    usage: "[--on-demand | --no-wait] [--use-context]",
    flags: {
      "on-demand": { type: "boolean" },
      "no-wait": { type: "boolean" },
      "use-context": { type: "boolean" },
    },
    run: async (input, context) => (await import("./commands/start.ts")).start(input, context),
  },
  open: {
    summary: "Start Windlass if it does not run, and show its page in the browser",
    usage: "",
    run: async (_, context) => (await import("./commands/open.ts")).open(context),
  },
  stop: {
    summary: "Stop the containers, the engine and Windlass",
    usage: "",
    run: async (_, context) => (await import("./commands/stop.ts")).stop(context),
  },
  restart: {
    summary: "Stop and start again",
    usage: "",
    run: async (input, context) => (await import("./commands/restart.ts")).restart(input, context),
  },
  status: {
    summary: "Show what runs",
    usage: "[--json]",
    flags: { json: { type: "boolean" } },
    run: async (input, context) => (await import("./commands/status.ts")).status(input, context),
  },
  ports: {
    summary: "Show the ports of this machine that lead to containers",
    usage: "[--json]",
    flags: { json: { type: "boolean" } },
    run: async (input, context) => (await import("./commands/ports.ts")).ports(input, context),
  },
  logs: {
    summary: "Show the log of Windlass and the engine",
    usage: "[-f] [--source host|agent|dockerd] [--level debug|info|warn|error] [-n LINES] [--json]",
    flags: {
      follow: { type: "boolean", short: "f" },
      source: { type: "string" },
      level: { type: "string" },
      lines: { type: "string", short: "n" },
      json: { type: "boolean" },
    },
    flagValues: { source: ["host", "agent", "dockerd"] },
    run: async (input, context) => (await import("./commands/logs.ts")).logs(input, context),
  },
  docker: {
    summary: "Run the Docker CLI that Windlass carries",
    usage: "ARGUMENTS...",
    passThrough: true,
    run: async (input, context) => (await import("./commands/docker.ts")).docker(input, context),
  },
  env: {
    summary: "Print the line that points a shell's Docker clients at Windlass",
    usage: "[--shell posix|powershell|cmd]",
    flags: { shell: { type: "string" } },
    flagValues: { shell: ["posix", "powershell", "cmd"] },
    run: async (input, context) => (await import("./commands/env.ts")).env(input, context),
  },
  settings: {
    summary: "Show and change the settings",
    usage: "list | get KEY | set KEY VALUE | reset KEY  [--json]",
    flags: { json: { type: "boolean" } },
    operands: ["list, get, set or reset"],
    moreOperands: ["KEY", "VALUE"],
    run: async (input, context) => (await import("./commands/settings.ts")).settings(input, context),
  },
  update: {
    summary: "Look for, install and take back new versions of Windlass",
    usage:
      "[status|check|download|install [VERSION] [--now] [--from BUNDLE]|rollback [--now]|pin [VERSION]|unpin|skip VERSION|channel [NAME]] [--json]",
    flags: { now: { type: "boolean" }, from: { type: "string" }, json: { type: "boolean" } },
    moreOperands: ["a verb", "VERSION or NAME"],
    run: async (input, context) => (await import("./commands/update.ts")).update(input, context),
  },
  diagnose: {
    summary: "Pack versions, status, settings and logs into one file for a report, without secrets",
    usage: "[--output FILE]",
    flags: { output: { type: "string", short: "o" } },
    run: async (input, context) => (await import("./commands/diagnose.ts")).diagnose(input, context),
  },
  reset: {
    summary: "Import a fresh engine; with --data also delete all images, containers and volumes",
    usage: "[--data --yes]",
    flags: { data: { type: "boolean" }, yes: { type: "boolean", short: "y" } },
    run: async (input, context) => (await import("./commands/reset.ts")).reset(input, context),
  },
  install: {
    summary: "Make this executable a program of this user: in PATH, menu and list of programs",
    usage: "[--quiet] [--dir FOLDER] [--log FILE] [--no-path] [--start-at-sign-in] [--installed-by NAME]",
    flags: {
      quiet: { type: "boolean", short: "q" },
      dir: { type: "string" },
      log: { type: "string" },
      "no-path": { type: "boolean" },
      "start-at-sign-in": { type: "boolean" },
      "installed-by": { type: "string" },
    },
    flagValues: { "installed-by": ["user", "winget", "managed"] },
    run: async (input, context) => (await import("./commands/install.ts")).install(input, context),
  },
  uninstall: {
    summary: "Remove Windlass; asks whether to delete images, containers and volumes as well",
    usage: "[--yes | --delete-data | --keep-data] [--quiet] [--log FILE]",
    flags: {
      yes: { type: "boolean", short: "y" },
      "delete-data": { type: "boolean" },
      "keep-data": { type: "boolean" },
      quiet: { type: "boolean", short: "q" },
      log: { type: "string" },
      window: { type: "boolean" },
    },
    run: async (input, context) => (await import("./commands/uninstall.ts")).uninstall(input, context),
  },
  self: {
    summary: "Check every byte of the executable",
    usage: "verify",
    operands: ["verify"],
    run: async (input, context) => (await import("./commands/self.ts")).self(input, context),
  },
  wsl: {
    summary: "Run the WSL command line of this instance (Linux)",
    usage: "ARGUMENTS...",
    passThrough: true,
    run: async (input) => (await import("./commands/wsl.ts")).wsl(input),
  },
  completions: {
    summary: "Print the script that lets a shell complete command lines",
    usage: "bash|zsh|fish|powershell",
    operands: ["the name of a shell"],
    run: async (input, context) => (await import("./commands/completions.ts")).completions(input, context),
  },
  version: {
    summary: "Print the version",
    usage: "",
    run: async (_, context) => (await import("./commands/version.ts")).version(context),
  },
  host: {
    summary: "The long-running process itself; 'start' runs it in the background",
    usage: "",
    hidden: true,
    run: async (_, context) => (await import("./commands/host.ts")).host(context),
  },
} as const satisfies Record<string, Command>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The table as the parser and the help read it. */
export const COMMAND_LIST: ReadonlyMap<string, Command> = new Map(Object.entries(COMMANDS));
