import type { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { hostClient } from "../../host/host_client.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";
import { checkText, reportText } from "../text/network_text.ts";
import { printAnswer } from "../text/print_answer.ts";
import { ProgressLine } from "../text/progress_line.ts";
import { USAGE, usageError } from "../usage.ts";

/** The host answers its report from memory. */
const ANSWER_MILLISECONDS = 5_000;

/** `windlass network`: which way requests leave this machine, or the way to one host step by step. */
export async function network(input: CommandInput, context: CommandContext): Promise<number> {
  const host = hostOf(input);
  using client = hostClient(context.home());
  if (await askHost(client) === undefined) {
    const action = host === undefined ? "show the network" : `check '${host}'`;
    throw new WindlassError("WL_HOST_NOT_RUNNING", `Cannot ${action}: Windlass is not running`);
  }
  const output = { context, json: input.flags["json"] === true };
  if (host !== undefined) return await check(client, host, output);
  const report = await client.network.report({ signal: AbortSignal.timeout(ANSWER_MILLISECONDS) });
  return printAnswer(output, report, (report) => reportText(report, context.columns()));
}

/** The operand of 'check'; nothing without it. */
function hostOf({ operands }: CommandInput): string | undefined {
  const [verb, host, extra] = operands;
  if (verb === undefined) return undefined;
  if (verb !== "check") throw usageError("network", USAGE.network, `unknown subcommand '${verb}'`);
  if (host === undefined) throw usageError("network", USAGE.network, "'check' needs the name of a host");
  if (extra !== undefined) throw usageError("network", USAGE.network, `unexpected argument '${extra}'`);
  return host;
}

async function check(
  client: WindlassClient,
  host: string,
  output: { readonly context: CommandContext; readonly json: boolean },
): Promise<number> {
  const { context } = output;
  const found = await withProgress(
    context,
    `Checking '${host}'`,
    () => client.network.check(host, { signal: context.signal }),
  );
  printAnswer(output, found, (found) => checkText(found, context.columns()));
  return found.reached ? EXIT.ok : EXIT.failed;
}

/** Shows what is being waited for, but only on a terminal: in a log it says nothing that the answer does not. */
async function withProgress<Answer>(
  context: CommandContext,
  stage: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  using line = new ProgressLine(context);
  if (context.interactive) line.show({ stage });
  return await ask();
}
