import type { CommandContext } from "../command.ts";
import { EXIT } from "../print_error.ts";

/** `windlass env`: for `eval "$(windlass env)"`. Quoted, since a home may hold any character. */
export function env(context: CommandContext): Promise<number> {
  const dockerHost = `unix://${context.home().dockerSocket}`;
  context.print(`export DOCKER_HOST='${dockerHost.replaceAll("'", "'\\''")}'\n`);
  return Promise.resolve(EXIT.ok);
}
