import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { LogFilter, LogLevel, LogLine, LogSource } from "../../logging/log.ts";
import { readLogTail } from "../../logging/log_file.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";

const DEFAULT_LINES = 200;
/** More are only in the files: a running host answers from memory. */
const HOST_LINES = 2_000;
const SOURCES: readonly string[] = ["host", "agent", "dockerd"] satisfies readonly LogSource[];
const LEVELS: readonly string[] = ["debug", "info", "warn", "error"] satisfies readonly LogLevel[];

/** `windlass logs`: from the host while one runs, else from the files that it left. */
export async function logs(input: CommandInput, context: CommandContext): Promise<number> {
  const filter: LogFilter = { source: sourceOf(input.flags["source"]), level: levelOf(input.flags["level"]) };
  const lines = linesOf(input.flags["lines"]);
  const follow = input.flags["follow"] === true;
  const home = context.home();
  const print = (line: LogLine) =>
    context.print(input.flags["json"] ? `${JSON.stringify(line)}\n` : formatLine(line));
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  if (await askHost(client) === undefined) {
    if (follow) {
      throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot follow the log: Windlass does not run");
    }
    for (const line of await readLogTail(home.logDirectory, lines, filter)) print(line);
    return EXIT.ok;
  }
  const query = { ...filter, lines: Math.min(lines, HOST_LINES), signal: context.signal };
  if (follow) { for await (const line of client.logs.follow(query)) print(line); }
  else for (const line of await client.logs.tail(query)) print(line);
  return context.interrupted() ? EXIT.interrupted : EXIT.ok;
}

function sourceOf(flag: string | boolean | undefined): LogSource | undefined {
  if (flag === undefined) return undefined;
  if (typeof flag === "string" && SOURCES.includes(flag)) return flag as LogSource;
  throw new WindlassError("WL_USAGE", `Cannot show logs: there is no source '${flag}'`, {
    remedy: `Choose one of ${SOURCES.join(", ")}.`,
  });
}

function levelOf(flag: string | boolean | undefined): LogLevel | undefined {
  if (flag === undefined) return undefined;
  if (typeof flag === "string" && LEVELS.includes(flag)) return flag as LogLevel;
  throw new WindlassError("WL_USAGE", `Cannot show logs: there is no level '${flag}'`, {
    remedy: `Choose one of ${LEVELS.join(", ")}.`,
  });
}

function linesOf(flag: string | boolean | undefined): number {
  if (flag === undefined) return DEFAULT_LINES;
  const lines = Number(flag);
  if (typeof flag === "string" && flag !== "" && Number.isSafeInteger(lines) && lines >= 0) return lines;
  throw new WindlassError("WL_USAGE", `Cannot show logs: '${flag}' is no number of lines`, {
    remedy: "Give a whole number of lines, such as '-n 100'.",
  });
}

/** One line for people: time, source, level if it matters, event and fields. Pure. */
export function formatLine(line: LogLine): string {
  const level = line.level === "info" || line.level === "debug" ? "" : ` ${line.level.toUpperCase()}`;
  const fields = Object.entries(line.fields ?? {}).map(([name, value]) => ` ${name}=${quoted(value)}`).join(
    "",
  );
  return `${line.time} ${line.source.padEnd(7)}${level} ${line.event}${fields}\n`;
}

function quoted(value: unknown): string {
  const text = String(value);
  return /^[\w.:/@-]+$/.test(text) ? text : JSON.stringify(text);
}
