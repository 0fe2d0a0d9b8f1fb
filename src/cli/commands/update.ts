import { resolve } from "node:path";
import type { UpdateStatus, UpdateStepName } from "../../api/schemas.ts";
import { WindlassClient } from "../../client/windlass_client.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { launchHost } from "../../host/launch_host.ts";
import { lockHolder } from "../../host/single_instance.ts";
import { requirePrivileges } from "../../platform/privileges.ts";
import { UpdatePin } from "../../settings/update_values.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { ensureHost } from "../ensure_host.ts";
import { followSwitch, followWork, type UpdateFollower } from "../follow_update.ts";
import { EXIT } from "../print_error.ts";
import { ProgressLine } from "../progress_line.ts";
import { askHost } from "../running_host.ts";
import { describeUpdate, offerText, sizeText, waitingText, wayText } from "../update_text.ts";
import { settings } from "./settings.ts";
import { updateAtRest } from "./update_at_rest.ts";

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

/** Longer than the guardian of a switch takes between two of its steps without a host. */
const DEAD_MILLISECONDS = 30_000;

type Verb = keyof typeof UPDATE_VERBS;

/** What a verb works with. */
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
  const { addressFile, json } = {
    addressFile: context.home().apiAddressFile,
    json: input.flags["json"] === true,
  };
  if (verb === "channel") return await channel(input, context);
  using client = new WindlassClient({ addressFile });
  if (verb === "status") return await status(client, context, json);
  requirePrivileges("update Windlass");
  await ensureHost(context.home(), client, context);
  const { now, from } = input.flags;
  return await VERBS[verb]({
    ...{ client, context, json, operand: input.operands[1], now: now === true },
    from: typeof from === "string" ? resolve(from) : undefined,
  });
}

function verbOf({ operands, flags }: CommandInput): Verb {
  const [verb = "status", ...rest] = operands;
  if (!Object.hasOwn(UPDATE_VERBS, verb)) throw usage(`'${verb}' is none of its verbs`);
  const most = UPDATE_VERBS[verb as Verb];
  if (rest.length > most) throw usage(`'${rest[most]}' is one word too many`);
  if (verb === "skip" && rest.length === 0) throw usage("'skip' needs a version");
  const [version] = rest;
  if (version !== undefined && verb !== "channel" && !isVersion(version, verb === "pin")) {
    throw usage(`'${version}' is no version such as '1.2.7'${verb === "pin" ? " or '1.2'" : ""}`);
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
  return new WindlassError("WL_USAGE", `Cannot run 'update': ${state}`, {
    remedy: "Usage: windlass update [status|check|download|install [VERSION] [--now] [--from BUNDLE]|" +
      "rollback [--now]|pin [VERSION]|unpin|skip VERSION|channel [NAME]] [--json]",
  });
}

const VERBS: Readonly<Record<Exclude<Verb, "status" | "channel">, (call: UpdateCall) => Promise<number>>> = {
  check: async (call) => {
    const found = await check(call);
    return print(call, found, (found) => found.offer === undefined ? noOffer(found) : offered(found));
  },
  download: async (call) => {
    const found = await withOffer(call);
    if (found.offer === undefined) return print(call, found, noOffer);
    return await download(call);
  },
  install: async (call) => {
    if (call.operand === undefined && call.from === undefined) {
      const found = await withOffer(call);
      if (found.offer === undefined && found.step !== "ready") return print(call, found, noOffer);
    }
    const { client, context, operand, now, from } = call;
    const { current } = await client.update.status({ signal: context.signal });
    const when = now ? "now" : "idle";
    const begun = await client.update.install({ when, version: operand, from, signal: context.signal });
    tellSize(context, begun);
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
    return print(
      call,
      await client.update.pin(version, { signal: context.signal }),
      () => `Updates keep to ${version}\n`,
    );
  },
  unpin: async (call) =>
    print(
      call,
      await call.client.update.unpin({ signal: call.context.signal }),
      () => "Updates go to the newest version of the channel\n",
    ),
  skip: async (call) => {
    const version = call.operand ?? "";
    const found = await call.client.update.skip(version, { signal: call.context.signal });
    return print(call, found, () => `Windlass ${version} is not offered any more\n`);
  },
};

/** Always an answer, also where no host runs. */
async function status(client: WindlassClient, context: CommandContext, json: boolean): Promise<number> {
  const found = await askHost(client) === undefined
    ? await updateAtRest(context)
    : await client.update.status({ signal: context.signal });
  return print({ context, json }, found, describeUpdate);
}

/** The channel is a setting like any other. */
async function channel({ operands, flags }: CommandInput, context: CommandContext): Promise<number> {
  const [, name] = operands;
  const words = name === undefined ? ["get", "update.channel"] : ["set", "update.channel", name];
  const code = await settings({ operands: words, flags }, context);
  if (name !== undefined) context.note("'windlass update check' asks that channel now\n");
  return code;
}

async function check({ client, context }: UpdateCall): Promise<UpdateStatus> {
  using line = new ProgressLine(context);
  line.show({ stage: "Asking the channel" });
  return await client.update.check({ signal: context.signal });
}

/** What is offered already, or what the channel offers now. What the host is doing by itself is waited for. */
async function withOffer(call: UpdateCall): Promise<UpdateStatus> {
  let known = await call.client.update.status({ signal: call.context.signal });
  if (WORK.includes(known.step)) {
    tellSize(call.context, known);
    known = (await withLine(call, (follower) => followWork(follower, known, "ready"))).status;
  }
  return known.offer === undefined && known.step === "idle" ? await check(call) : known;
}

/** Steps that end with a version that is ready, or with nothing. */
const WORK: readonly UpdateStepName[] = ["checking", "downloading", "preparing"];

async function download(call: UpdateCall): Promise<number> {
  const { client, context } = call;
  const begun = await client.update.download({ signal: context.signal });
  tellSize(context, begun);
  const { status } = await withLine(call, (follower) => followWork(follower, begun, "ready"));
  const version = status.offer?.version ?? "the new version";
  return print(
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
    return print(call, found, () => waitingText(found, to));
  }
  return print(call, found, () => `Windlass ${found.current.version} runs\n`);
}

async function withLine<T>(call: UpdateCall, work: (follower: UpdateFollower) => Promise<T>): Promise<T> {
  const { client, context } = call;
  using line = new ProgressLine(context);
  const revive = (silent: number) => reviveHost(context, silent);
  return await work({ client, line, signal: context.signal, revive });
}

/** Both the old and the new host may have been killed: the next start goes on with what they have left. */
async function reviveHost(context: CommandContext, silentMilliseconds: number): Promise<void> {
  if (silentMilliseconds < DEAD_MILLISECONDS) return;
  const home = context.home();
  if (await lockHolder(home) === undefined) await launchHost(context.executable(), home);
}

function tellSize(context: CommandContext, { offer }: UpdateStatus): void {
  if (offer === undefined || offer.downloadBytes === 0) return;
  context.note(`Windlass ${offer.version} ${sizeText(offer)}\n`);
}

function offered({ offer, current }: UpdateStatus): string {
  return offer === undefined ? "" : offerText(offer, current.version) + `${wayText(offer)}\n`;
}

function noOffer({ noOffer = "There is no newer version" }: UpdateStatus): string {
  return `${noOffer}\n`;
}

function print<T>(
  { context, json }: Pick<UpdateCall, "context" | "json">,
  value: T,
  text: (value: T) => string,
): number {
  context.print(json ? `${JSON.stringify(value, null, 2)}\n` : text(value));
  return EXIT.ok;
}
