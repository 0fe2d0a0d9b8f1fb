import { WindlassError } from "../errors/windlass_error.ts";
import type { Command } from "./command.ts";

/**
 * What there is, or how one command is used. Pure.
 *
 * @throws {WindlassError} `WL_USAGE` for a topic that is no command.
 */
export function helpText(topic: string | undefined, commands: ReadonlyMap<string, Command>): string {
  return topic === undefined ? overview(commands) : commandHelp(topic, commands);
}

function overview(commands: ReadonlyMap<string, Command>): string {
  const listed = [...commands].filter(([, command]) => !command.hidden).map((
    [name, { summary }],
  ) => [name, summary]);
  const rows = [...listed, ["help", "Show this help, or that of one command"]] as [string, string][];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Windlass: Docker and Kubernetes in one executable.\n\nUsage: windlass COMMAND [FLAGS]\n\n${
    lines.join("\n")
  }\n
Environment:
  WINDLASS_HOME  folder of all state of an instance; several can run side by side
`;
}

function commandHelp(topic: string, commands: ReadonlyMap<string, Command>): string {
  const command = commands.get(topic);
  if (command === undefined) {
    throw new WindlassError("WL_USAGE", `Cannot explain '${topic}': there is no such command`);
  }
  return `${command.summary}\n\nUsage: ${`windlass ${topic} ${command.usage}`.trimEnd()}\n`;
}
