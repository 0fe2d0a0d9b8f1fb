import { WindlassError } from "../../errors/windlass_error.ts";
import { OPERATING_SYSTEM, type OperatingSystem } from "../../platform/operating_system.ts";
import type { Command } from "../command.ts";

/**
 * The list of commands, or how one command is used. Pure.
 *
 * @param system Commands of other systems are left out of the list.
 * @throws {WindlassError} `WL_USAGE` for a topic that is not a command.
 */
export function helpText(
  topic: string | undefined,
  commands: ReadonlyMap<string, Command>,
  system: OperatingSystem = OPERATING_SYSTEM,
): string {
  return topic === undefined ? overview(commands, system) : commandHelp(topic, commands);
}

function overview(commands: ReadonlyMap<string, Command>, system: OperatingSystem): string {
  const listed = [...commands]
    .filter(([, command]) => !command.hidden && (command.system ?? system) === system)
    .map(([name, { summary }]) => [name, summary]);
  const rows = [...listed, ["help", "Show this help, or that of one command"]] as [string, string][];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Windlass: the Docker engine in one executable.\n\nUsage: windlass COMMAND [FLAGS]\n\n${
    lines.join("\n")
  }\n
Environment:
  WINDLASS_HOME  folder of all state of an instance; several can run side by side
`;
}

function commandHelp(topic: string, commands: ReadonlyMap<string, Command>): string {
  const command = commands.get(topic);
  if (command === undefined) {
    throw new WindlassError("WL_USAGE", `Cannot explain '${topic}': unknown command`);
  }
  return `${command.summary}\n\nUsage: ${`windlass ${topic} ${command.usage}`.trimEnd()}\n`;
}
