import { resolve } from "node:path";
import type { UpdateStatus, UpdateStepName } from "../../api/resources/updates.ts";
import type { WindlassClient } from "../../client/windlass_client.ts";
import { hostClient } from "../../host/host_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { launchHost } from "../../host/launch_host.ts";
import { lockHolder } from "../../host/single_instance.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import { UpdatePin } from "../../settings/update_values.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ensureHost } from "../ensure_host.ts";
import { printAnswer } from "../text/print_answer.ts";
import { followSwitch, followWork, type UpdateFollower } from "../update/follow_update.ts";
import { ProgressLine } from "../text/progress_line.ts";
import { USAGE, usageError } from "../usage.ts";
import { askHost } from "../running_host.ts";
import { describeUpdate, offerText, sizeText, waitingText, wayText } from "../update/update_text.ts";
import { settings } from "./settings.ts";
import { requireChannel, updateAtRest } from "../update/update_at_rest.ts";

/** The verbs of the command, with the operands that may follow each. */
export const UPDATE_VERBS = {
  status: 0,
  check: 0,
  download: 0,
  install: 1,
  rollback: 0,
  pin: 1,
  unpin: 0,
  skip: 1,
  channel: 1,
} as const;

/** Verbs that a build without a channel refuses. */
const NEEDS_CHANNEL: ReadonlySet<Verb> = new Set(["check", "download", "install"]);

/** Longer than the guardian of a switch takes between two of its steps without a host. */
const DEAD_MILLISECONDS = 30_000;

type Verb = keyof typeof UPDATE_VERBS;

/** One call of a subcommand. */
interface UpdateCall {
  readonly client: WindlassClient;
  readonly context: CommandContext;
  readonly json: boolean;
  /** The operand after the verb. */
  readonly operand: string | undefined;
  readonly now: boolean;
  readonly from: string | undefined;
}

/** `windlass update`: through the host, which is started if none runs; only `status` and `channel` need none. */
export async function update(input: CommandInput, context: CommandContext): Promise<number> {
  const verb = verbOf(input);
  const json = input.flags["json"] === true;
  if (verb === "channel") return await channel(input, context);
  using client = hostClient(context.home());
  if (verb === "status") return await status(client, context, json);
  requirePrivileges("update Windlass");
  if (NEEDS_CHANNEL.has(verb) && await askHost(client) === undefined) await requireChannel(context);
  await ensureHost(context.home(), client, context);
  const { now, from } = input.flags;
  return await VERBS[verb]({
    client,
    context,
    json,
    operand: input.operands[1],
    now: now === true,
    from: typeof from === "string" ? resolve(from) : undefined,
  });
}

function verbOf({ operands, flags }: CommandInput): Verb {
  const [verb = "status", ...rest] = operands;
  if (!Object.hasOwn(UPDATE_VERBS, verb)) throw usage(`unknown subcommand '${verb}'`);
  const most = UPDATE_VERBS[verb as Verb];
  if (rest.length > most) throw usage(`unexpected argument '${rest[most]}'`);
  if (verb === "skip" && rest.length === 0) throw usage("'skip' needs a version");
  const [version] = rest;
  if (version !== undefined && verb !== "channel" && !isVersion(version, verb === "pin")) {
    throw usage(`'${version}' is not a version such as '1.2.7'${verb === "pin" ? " or '1.2'" : ""}`);
  }
  if (flags["now"] === true && verb !== "install" && verb !== "rollback") {
    throw usage(`'${verb}' does not take --now`);
  }
  if (flags["from"] !== undefined && verb !== "install") throw usage(`'${verb}' does not take --from`);
  return verb as Verb;
}

/** Any other word would be kept, and would hold back each update, or none, without a sign of it. */
function isVersion(text: string, orFirstNumbers: boolean): boolean {
  return text !== "" && UpdatePin.safeParse(text).success && (orFirstNumbers || /^\d+\.\d+\.\d+/.test(text));
}

function usage(state: string): WindlassError {
  return usageError("update", USAGE.update, state);
}

const VERBS: Readonly<Record<Exclude<Verb, "status" | "channel">, (call: UpdateCall) => Promise<number>>> = {
  check: async (call) => {
    const found = await check(call);
    return printAnswer(call, found, (found) => found.offer === undefined ? noOffer(found) : offered(found));
  },
  download: async (call) => {
    const found = await withOffer(call);
    if (found.offer === undefined) return printAnswer(call, found, noOffer);
    return await download(call);
  },
  install: async (call) => {
    if (call.operand === undefined && call.from === undefined) {
      const found = await withOffer(call);
      if (found.offer === undefined && found.step !== "ready") return printAnswer(call, found, noOffer);
    }
    const { client, context, operand, now, from } = call;
    const { current } = await client.update.status({ signal: context.signal });
    const when = now ? "now" : "idle";
    const begun = await client.update.install({ when, version: operand, from, signal: context.signal });
    reportSize(context, begun);
    return await finish(call, begun, { from: current, to: begun.offer?.version ?? operand });
  },
  rollback: async (call) => {
    const { client, context, now } = call;
    const { current, previous } = await client.update.status({ signal: context.signal });
    const begun = await client.update.rollback({ when: now ? "now" : "idle", signal: context.signal });
    return await finish(call, begun, { from: current, to: previous?.version });
  },
  pin: async (call) => {
    const { client, context, operand } = call;
    const version = operand ?? (await client.update.status({ signal: context.signal })).current.version;
    return printAnswer(
      call,
      await client.update.pin(version, { signal: context.signal }),
      () => `Updates are pinned to ${version}\n`,
    );
  },
  unpin: async (call) =>
    printAnswer(
      call,
      await call.client.update.unpin({ signal: call.context.signal }),
      () => "Updates are no longer pinned\n",
    ),
  skip: async (call) => {
    const version = call.operand ?? "";
    const found = await call.client.update.skip(version, { signal: call.context.signal });
    return printAnswer(call, found, () => `Windlass ${version} is no longer offered\n`);
  },
};

/** Answers even when no host is running. */
async function status(client: WindlassClient, context: CommandContext, json: boolean): Promise<number> {
  const found = await askHost(client) === undefined
    ? await updateAtRest(context)
    : await client.update.status({ signal: context.signal });
  return printAnswer({ context, json }, found, describeUpdate);
}

/** The channel is a setting like any other. */
async function channel({ operands, flags }: CommandInput, context: CommandContext): Promise<number> {
  const [, name] = operands;
  const words = name === undefined ? ["get", "update.channel"] : ["set", "update.channel", name];
  const code = await settings({ operands: words, flags }, context);
  if (name !== undefined) context.note("Run 'windlass update check' to check that channel now\n");
  return code;
}

async function check({ client, context }: UpdateCall): Promise<UpdateStatus> {
  using line = new ProgressLine(context);
  line.show({ stage: "Checking for updates" });
  return await client.update.check({ signal: context.signal });
}

/** What is offered already, or what the channel offers now. What the host is doing by itself is waited for. */
async function withOffer(call: UpdateCall): Promise<UpdateStatus> {
  let known = await call.client.update.status({ signal: call.context.signal });
  if (WORK.includes(known.step)) {
    reportSize(call.context, known);
    known = (await withLine(call, (follower) => followWork(follower, known, "ready"))).status;
  }
  return known.offer === undefined && known.step === "idle" ? await check(call) : known;
}

/** Steps that end with a version that is ready, or with nothing. */
const WORK: readonly UpdateStepName[] = ["checking", "downloading", "preparing"];

async function download(call: UpdateCall): Promise<number> {
  const { client, context } = call;
  const begun = await client.update.download({ signal: context.signal });
  reportSize(context, begun);
  const { status } = await withLine(call, (follower) => followWork(follower, begun, "ready"));
  const version = status.offer?.version ?? "the new version";
  return printAnswer(
    call,
    status,
    () => `Windlass ${version} is ready; 'windlass update install' switches to it\n`,
  );
}

/** Follows a change of versions to where it ends, or waits for an idle moment. */
async function finish(
  call: UpdateCall,
  begun: UpdateStatus,
  { from, to = "" }: { readonly from: UpdateStatus["current"]; readonly to: string | undefined },
): Promise<number> {
  const found = await withLine(call, async (follower) => {
    const { outcome, status } = await followWork(follower, begun, "switch");
    return outcome === "switching" ? await followSwitch(follower, from) : status;
  });
  if (found.step === "waiting-for-idle") {
    return printAnswer(call, found, () => waitingText(found, to));
  }
  return printAnswer(call, found, () => `Windlass ${found.current.version} is running\n`);
}

async function withLine<T>(call: UpdateCall, work: (follower: UpdateFollower) => Promise<T>): Promise<T> {
  const { client, context } = call;
  using line = new ProgressLine(context);
  const revive = (silent: number) => reviveHost(context, silent);
  return await work({ client, line, signal: context.signal, revive });
}

/** Both the old and the new host may have been killed: the next start continues from what they left on disk. */
async function reviveHost(context: CommandContext, silentMilliseconds: number): Promise<void> {
  if (silentMilliseconds < DEAD_MILLISECONDS) return;
  const home = context.home();
  if (await lockHolder(home) === undefined) await launchHost(context.executable(), home);
}

function reportSize(context: CommandContext, { offer }: UpdateStatus): void {
  if (offer === undefined || offer.downloadBytes === 0) return;
  context.note(`Windlass ${offer.version}: ${sizeText(offer)}\n`);
}

function offered({ offer, current }: UpdateStatus): string {
  return offer === undefined ? "" : offerText(offer, current.version) + `${wayText(offer)}\n`;
}

function noOffer({ noOffer = "No newer version is available" }: UpdateStatus): string {
  return `${noOffer}\n`;
}
