import type { SettingChanges, SettingEntry } from "../../api/resources/settings.ts";
import type { WindlassClient } from "../../client/windlass_client.ts";
import { hostClient } from "../../host/host_client.ts";
import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createHome, type Home } from "../../host/home.ts";
import { type InstanceSettings, openInstanceSettings } from "../../host/instance_settings.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { formatSetting, parseSettingWords } from "../../settings/setting_text.ts";
import { isSettingKey, type SettingKey } from "../../settings/settings_schema.ts";
import { unknownSetting } from "../../settings/settings_store.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { askHost } from "../running_host.ts";
import { USAGE, usageError } from "../usage.ts";
import { printAnswer } from "../text/print_answer.ts";

/** `windlass settings`: through the host while one runs, else on the file. */
export async function settings(input: CommandInput, context: CommandContext): Promise<number> {
  const [verb, key, ...values] = input.operands;
  const json = input.flags["json"] === true;
  const access = await openAccess(context);
  switch (verb) {
    case "list":
      requireOperands(input, 1);
      return printAnswer({ context, json }, await access.list(), listText);
    case "get":
      requireOperands(input, 2);
      return printAnswer(
        { context, json },
        await entryOf(access, known(key)),
        ({ value }) => `${formatSetting(value)}\n`,
      );
    case "set":
      requireOperands(input, 3, Infinity);
      return await change(access, { [known(key)]: parseSettingWords(known(key), values) }, context, json);
    case "reset":
      requireOperands(input, 2);
      return await change(access, { [known(key)]: null }, context, json);
    default:
      throw usageError("settings", USAGE.settings, `unknown subcommand '${verb}'`);
  }
}

/** Where settings are read and changed. */
interface SettingsAccess {
  list(): Promise<readonly SettingEntry[]>;
  change(changes: SettingChanges): Promise<readonly SettingEntry[]>;
}

async function openAccess(context: CommandContext): Promise<SettingsAccess> {
  const home = context.home();
  using client = hostClient(home);
  const host = hostAccess(home, context.signal);
  if (await askHost(client) !== undefined) return host;
  const store = await openStore(context);
  for (const { message, remedy } of store.problems) context.note(`windlass: ${message}\n${remedy}\n`);
  return {
    list: () => Promise.resolve(store.entries),
    async change(changes) {
      await createHome(home);
      const entries = await store.change(changes, context.signal);
      // A host that has started meanwhile may have read the file before.
      using late = hostClient(home);
      return await askHost(late) === undefined ? entries : await host.change(changes);
    },
  };
}

/** The running host's settings. */
function hostAccess(home: Home, signal: AbortSignal): SettingsAccess {
  const call = async <T>(use: (client: WindlassClient) => Promise<T>) => {
    using client = hostClient(home);
    return await use(client);
  };
  return {
    list: () => call((client) => client.settings.list({ signal })),
    change: (changes) => call((client) => client.settings.change(changes, { signal })),
  };
}

function openStore(context: CommandContext): Promise<InstanceSettings> {
  return openInstanceSettings({
    installation: { home: context.home(), executable: context.executable() },
    dockerConfig: dockerConfigFolder(context.environment(), OPERATING_SYSTEM),
  });
}

async function change(
  access: SettingsAccess,
  changes: SettingChanges,
  context: CommandContext,
  json: boolean,
): Promise<number> {
  const [entry] = await access.change(changes);
  if (entry === undefined) throw new WindlassError("WL_INTERNAL", "Cannot change the settings: no answer");
  return printAnswer({ context, json }, entry, changeText);
}

async function entryOf(access: SettingsAccess, key: SettingKey): Promise<SettingEntry> {
  const entry = (await access.list()).find((entry) => entry.key === key);
  if (entry === undefined) throw unknownSetting(key);
  return entry;
}

function known(key: string | undefined): SettingKey {
  if (key !== undefined && isSettingKey(key)) return key;
  throw unknownSetting(key ?? "");
}

function requireOperands({ operands }: CommandInput, least: number, most = least): void {
  if (operands.length >= least && operands.length <= most) return;
  const state = operands.length < least
    ? `'${operands[0]}' needs ${operands.length < 2 ? "the name of a setting" : "a value"}`
    : `unexpected argument '${operands[most]}'`;
  throw usageError("settings", USAGE.settings, state);
}

/** All settings for people. Pure. */
export function listText(entries: readonly SettingEntry[]): string {
  return entries.map((entry) =>
    `${entry.key} = ${formatSetting(entry.value)}${origin(entry)}\n` +
    `    ${entry.description}\n`
  ).join("");
}

function origin({ source, locked }: SettingEntry): string {
  if (locked) return "   (locked by a policy)";
  return source === "user" ? "" : source === "policy default" ? "   (policy default)" : "   (default)";
}

/** What a change has led to. Pure. */
export function changeText({ key, value, takesEffect }: SettingEntry): string {
  const line = `${key} is ${formatSetting(value)}\n`;
  switch (takesEffect) {
    case "at once":
      return line;
    case "for new connections":
      return `${line}This applies to new connections; open ones stay.\n`;
    case "for new containers":
      return `${line}This applies to containers that are created from now on.\n`;
    case "for new ports":
      return `${line}This applies to ports that are published from now on.\n`;
    case "when the engine starts again":
      return `${line}This applies when the engine next starts; run 'windlass restart' to apply it now.\n`;
  }
}
