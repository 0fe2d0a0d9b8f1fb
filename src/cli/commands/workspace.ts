import type { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { hostClient } from "../../host/host_client.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import { ineligibility } from "../../workspaces/eligible_distros.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ensureHost } from "../ensure_host.ts";
import { EXIT } from "../print_error.ts";
import { printAnswer } from "../text/print_answer.ts";
import { ProgressLine } from "../text/progress_line.ts";
import { checkText, disabledText, enabledText, listText } from "../text/workspace_text.ts";
import { USAGE, usageError } from "../usage.ts";

/** One call of a subcommand. */
interface WorkspaceCall {
  readonly client: WindlassClient;
  readonly context: CommandContext;
  readonly json: boolean;
  /** The distro; empty for 'list'. */
  readonly name: string;
}

/** The subcommands, with whether each needs the name of a distro. */
export const WORKSPACE_VERBS = { list: false, enable: true, disable: true, check: true } as const;

type Verb = keyof typeof WORKSPACE_VERBS;

/** Prints the names of distros, for completions; not in the usage line. */
const NAMES_VERB = "names";

/** `windlass workspace`: through the host, which is started if none runs; its engine only starts if it is needed. */
export async function workspace(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands[0] === NAMES_VERB) return await printNames(context);
  const [verb, name] = verbOf(input);
  requirePrivileges("use the distros of this machine");
  const home = context.home();
  using client = hostClient(home);
  await ensureHost(home, client, context);
  return await VERBS[verb]({ client, context, json: input.flags["json"] === true, name });
}

function verbOf({ operands }: CommandInput): [verb: Verb, name: string] {
  const [verb = "", name, extra] = operands;
  if (!Object.hasOwn(WORKSPACE_VERBS, verb)) throw usage(`unknown subcommand '${verb}'`);
  const isNamed = WORKSPACE_VERBS[verb as Verb];
  if (isNamed && name === undefined) throw usage(`'${verb}' needs the name of a distro`);
  const unexpected = isNamed ? extra : name;
  if (unexpected !== undefined) throw usage(`unexpected argument '${unexpected}'`);
  if (name === "" || name === "." || name === "..") {
    // They would be another address of the API.
    throw new WindlassError(
      "WL_WORKSPACE_UNKNOWN",
      `Cannot use '${name}' as a workspace: a distro cannot have that name`,
    );
  }
  return [verb as Verb, name ?? ""];
}

function usage(state: string): WindlassError {
  return usageError("workspace", USAGE.workspace, state);
}

const VERBS: Readonly<Record<Verb, (call: WorkspaceCall) => Promise<number>>> = {
  list: async (call) => {
    const answer = await withProgress(
      call,
      "Checking the distros",
      (signal) => call.client.workspaces.list({ signal }),
    );
    return printAnswer(call, answer, ({ workspaces }) => listText(workspaces, call.context.columns()));
  },
  check: async (call) => {
    const answer = await withProgress(
      call,
      `Checking '${call.name}'`,
      (signal) => call.client.workspaces.check(call.name, { signal }),
    );
    return printAnswer(call, answer, (found) => checkText(found, call.context.columns()));
  },
  enable: async (call) => {
    const answer = await withProgress(
      call,
      `Setting up '${call.name}'`,
      (signal) => call.client.workspaces.enable(call.name, { signal }),
    );
    return printAnswer(call, answer, (change) => enabledText(change, call.context.columns()));
  },
  disable: async (call) => {
    const answer = await withProgress(
      call,
      `Removing Windlass from '${call.name}'`,
      (signal) => call.client.workspaces.disable(call.name, { signal }),
    );
    return printAnswer(call, answer, (change) => disabledText(change, call.context.columns()));
  },
};

/** Shows what is being waited for, but only on a terminal: in a log it says nothing that the answer does not. */
async function withProgress<Answer>(
  { context }: WorkspaceCall,
  stage: string,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  using line = new ProgressLine(context);
  if (context.interactive) line.show({ stage });
  return await ask(context.signal);
}

/** Asks wsl itself: a shell that completes a word must neither start a host nor wait for checks of distros. */
async function printNames(context: CommandContext): Promise<number> {
  const { thisMachine } = await import("../../host/machine/this_machine.ts");
  const home = context.home();
  const wsl = (await thisMachine()).wsl(context.executable(), home);
  for (const distro of await wsl.list({ signal: context.signal })) {
    // Only then it has no character that a shell expands.
    if (ineligibility(distro) === undefined) context.print(`${distro.name}\n`);
  }
  return EXIT.ok;
}
