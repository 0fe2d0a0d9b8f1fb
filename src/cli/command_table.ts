import { LOG_LEVELS, LOG_SOURCES } from "../logging/log.ts";
import type { Command, CommandList } from "./command.ts";
import { USAGE } from "./usage.ts";

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
    summary: "Open the status page in the browser; starts Windlass if needed",
    usage: "",
    run: async (_, context) => (await import("./commands/open.ts")).open(context),
  },
  stop: {
    summary: "Stop the containers, the engine and Windlass; --force does not wait for them",
    usage: "[--force]",
    flags: { force: { type: "boolean" } },
    run: async (input, context) => (await import("./commands/stop.ts")).stop(input, context),
  },
  restart: {
    summary: "Stop Windlass and start it again",
    usage: "",
    run: async (input, context) => (await import("./commands/restart.ts")).restart(input, context),
  },
  status: {
    summary: "Show what is running",
    usage: "[--json]",
    flags: { json: { type: "boolean" } },
    run: async (input, context) => (await import("./commands/status.ts")).status(input, context),
  },
  ports: {
    summary: "Show the ports of this machine that are forwarded to containers",
    usage: "[--json]",
    flags: { json: { type: "boolean" } },
    run: async (input, context) => (await import("./commands/ports.ts")).ports(input, context),
  },
  network: {
    summary: "Show which way requests leave this machine; 'check HOST' goes it step by step",
    usage: USAGE.network,
    flags: { json: { type: "boolean" } },
    moreOperands: ["check", "HOST"],
    run: async (input, context) => (await import("./commands/network.ts")).network(input, context),
  },
  logs: {
    summary: "Show the log of Windlass and the engine",
    usage: `[-f] [--source ${LOG_SOURCES.join("|")}] [--level ${LOG_LEVELS.join("|")}] [-n LINES] [--json]`,
    flags: {
      follow: { type: "boolean", short: "f" },
      source: { type: "string" },
      level: { type: "string" },
      lines: { type: "string", short: "n" },
      json: { type: "boolean" },
    },
    flagValues: { source: LOG_SOURCES, level: LOG_LEVELS },
    run: async (input, context) => (await import("./commands/logs.ts")).logs(input, context),
  },
  docker: {
    summary: "Run the Docker CLI that is bundled with Windlass",
    usage: "ARGUMENTS...",
    passThrough: true,
    run: async (input, context) => (await import("./commands/docker.ts")).docker(input, context),
  },
  env: {
    summary: "Print the line that sets DOCKER_HOST for Windlass in a shell",
    usage: "[--shell posix|powershell|cmd]",
    flags: { shell: { type: "string" } },
    flagValues: { shell: ["posix", "powershell", "cmd"] },
    run: async (input, context) => (await import("./commands/env.ts")).env(input, context),
  },
  settings: {
    summary: "Show and change the settings",
    usage: USAGE.settings,
    flags: { json: { type: "boolean" } },
    operands: ["list, get, set or reset"],
    moreOperands: ["KEY", "VALUE"],
    repeatsLast: true,
    run: async (input, context) => (await import("./commands/settings.ts")).settings(input, context),
  },
  workspace: {
    summary: "Use Docker inside your own WSL distros: switch it on, off, and check it",
    usage: USAGE.workspace,
    flags: { json: { type: "boolean" } },
    operands: ["list, enable, disable or check"],
    moreOperands: ["NAME"],
    run: async (input, context) => (await import("./commands/workspace.ts")).workspace(input, context),
  },
  update: {
    summary: "Check for, install and roll back updates of Windlass",
    usage: USAGE.update,
    flags: { now: { type: "boolean" }, from: { type: "string" }, json: { type: "boolean" } },
    moreOperands: ["a subcommand", "VERSION or NAME"],
    run: async (input, context) => (await import("./commands/update.ts")).update(input, context),
  },
  diagnose: {
    summary: "Collect versions, status, settings and redacted logs in a zip file for a report",
    usage: "[--output FILE]",
    flags: { output: { type: "string", short: "o" } },
    run: async (input, context) => (await import("./commands/diagnose.ts")).diagnose(input, context),
  },
  debug: {
    summary: "Show what each request is waiting for, or where the time of the last start went",
    usage: USAGE.debug,
    flags: { json: { type: "boolean" } },
    operands: ["streams or start"],
    run: async (input, context) => (await import("./commands/debug.ts")).debug(input, context),
  },
  reset: {
    summary: "Replace the engine with a fresh one; --data deletes images, containers and volumes",
    usage: "[--data --yes]",
    flags: { data: { type: "boolean" }, yes: { type: "boolean", short: "y" } },
    run: async (input, context) => (await import("./commands/reset.ts")).reset(input, context),
  },
  install: {
    summary: "Install Windlass for this user: PATH, menu entry and list of programs",
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
    summary: "Verify every byte of the executable",
    usage: USAGE.self,
    operands: ["verify"],
    run: async (input, context) => (await import("./commands/self.ts")).self(input, context),
  },
  wsl: {
    summary: "Run the WSL command line of this instance",
    system: "linux",
    usage: "ARGUMENTS...",
    passThrough: true,
    run: async (input) => (await import("./commands/wsl.ts")).wsl(input),
  },
  completions: {
    summary: "Print the completion script for a shell",
    usage: USAGE.completions,
    operands: ["the name of a shell"],
    run: async (input, context, commands) =>
      (await import("./commands/completions.ts")).completions(input, context, commands),
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
export const COMMAND_LIST: CommandList = new Map(Object.entries(COMMANDS));
