import { WindlassError } from "../errors/windlass_error.ts";
import type { CommandContext } from "./command.ts";
import { COMMAND_LIST } from "./command_table.ts";

/** Prints what there is, or how one command is used. */
export function help(topic: string | undefined, context: Pick<CommandContext, "print">): Promise<number> {
  if (topic === undefined) context.print(overview());
  else context.print(commandHelp(topic));
  return Promise.resolve(0);
}

function overview(): string {
  const listed = [...COMMAND_LIST].filter(([, command]) => !command.hidden);
  const width = Math.max(...listed.map(([name]) => name.length));
  const lines = listed.map(([name, command]) => `  ${name.padEnd(width)}  ${command.summary}`);
  return `Windlass: Docker and Kubernetes in one executable.\n\nUsage: windlass COMMAND [FLAGS]\n\n${
    lines.join("\n")
  }\n
Environment:
  WINDLASS_HOME  folder of all state of an instance; several can run side by side
`;
}

function commandHelp(topic: string): string {
  const command = COMMAND_LIST.get(topic);
  if (command === undefined) {
    throw new WindlassError("WL_USAGE", `Cannot explain '${topic}': there is no such command`);
  }
  return `${command.summary}\n\nUsage: ${`windlass ${topic} ${command.usage}`.trimEnd()}\n`;
}
