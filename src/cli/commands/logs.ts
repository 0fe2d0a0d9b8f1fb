import { API_LIMITS } from "../../api/api_limits.ts";
import { hostClient } from "../../host/host_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { LOG_LEVELS, LOG_SOURCES, type LogFilter, type LogLine } from "../../logging/log.ts";
import { readLogTail } from "../../logging/log_file.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { exactTimeText } from "../text/time_text.ts";

/** `windlass logs`: from the host while one runs, else from the files that it left. */
export async function logs(input: CommandInput, context: CommandContext): Promise<number> {
  const filter: LogFilter = {
    source: wordOf("source", input.flags["source"], LOG_SOURCES),
    level: wordOf("level", input.flags["level"], LOG_LEVELS),
  };
  const lines = linesOf(input.flags["lines"]);
  const follow = input.flags["follow"] === true;
  const home = context.home();
  const print = (line: LogLine) =>
    context.print(input.flags["json"] ? `${JSON.stringify(line)}\n` : formatLine(line));
  using client = hostClient(home);
  if (await askHost(client) === undefined) {
    if (follow) {
      throw new WindlassError("WL_HOST_NOT_RUNNING", "Cannot follow the log: Windlass is not running");
    }
    const found = await readLogTail(home.logDirectory, lines, filter);
    for (const line of found) print(line);
    if (found.length === 0) context.note(`No log lines in ${home.logDirectory}\n`);
    return EXIT.ok;
  }
  const query = { ...filter, lines: Math.min(lines, API_LIMITS.logLines), signal: context.signal };
  if (follow) { for await (const line of client.logs.follow(query)) print(line); }
  else for (const line of await client.logs.tail(query)) print(line);
  return context.interrupted() ? EXIT.interrupted : EXIT.ok;
}

function wordOf<Word extends string>(
  name: string,
  flag: string | boolean | undefined,
  words: readonly Word[],
): Word | undefined {
  if (flag === undefined) return undefined;
  const word = words.find((word) => word === flag);
  if (word !== undefined) return word;
  throw new WindlassError("WL_USAGE", `Cannot show logs: there is no ${name} '${flag}'`, {
    remedy: `Choose one of ${words.join(", ")}.`,
  });
}

function linesOf(flag: string | boolean | undefined): number {
  if (flag === undefined) return API_LIMITS.defaultLogLines;
  const lines = Number(flag);
  if (typeof flag === "string" && flag !== "" && Number.isSafeInteger(lines) && lines >= 0) return lines;
  throw new WindlassError("WL_USAGE", `Cannot show logs: '${flag}' is not a number of lines`, {
    remedy: "Give a whole number of lines, such as '-n 100'.",
  });
}

/** One line for people: local time, source, level if it matters, event and fields. Pure but for the time zone. */
export function formatLine(line: LogLine): string {
  const level = line.level === "info" || line.level === "debug" ? "" : ` ${line.level.toUpperCase()}`;
  const fields = Object.entries(line.fields ?? {}).map(([name, value]) => ` ${name}=${quoted(value)}`).join(
    "",
  );
  return `${exactTimeText(line.time)} ${line.source.padEnd(7)}${level} ${line.event}${fields}\n`;
}

function quoted(value: unknown): string {
  const text = String(value);
  return /^[\w.:/@-]+$/.test(text) ? text : JSON.stringify(text);
}
