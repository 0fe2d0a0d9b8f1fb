import type { SettingEntry } from "../../api/schemas.ts";
import { WindlassClient } from "../../client/windlass_client.ts";
import { dockerConfigFolder } from "../../docker_context/docker_context.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import { createHome } from "../../host/home.ts";
import { openInstanceSettings } from "../../host/instance_settings.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { formatSetting, parseSettingText } from "../../settings/setting_text.ts";
import { isSettingKey, type SettingKey } from "../../settings/settings_schema.ts";
import { type SettingChanges, type SettingsStore, unknownSetting } from "../../settings/settings_store.ts";
import type { CommandContext, CommandInput } from "../command.ts";
import { EXIT } from "../print_error.ts";
import { askHost } from "../running_host.ts";

const USAGE = "Usage: windlass settings list | get KEY | set KEY VALUE | reset KEY";

/** `windlass settings`: through the host while one runs, else on the file. */
export async function settings(input: CommandInput, context: CommandContext): Promise<number> {
  const [verb, key, value] = input.operands;
  const json = input.flags["json"] === true;
  const access = await openAccess(context);
  switch (verb) {
    case "list":
      requireOperands(input, 1);
      return print(context, json, await access.list(), listText);
    case "get":
      requireOperands(input, 2);
      return print(
        context,
        json,
        await entryOf(access, known(key)),
        ({ value }) => `${formatSetting(value)}\n`,
      );
    case "set":
      requireOperands(input, 3);
      return await change(access, { [known(key)]: parseSettingText(known(key), value ?? "") }, context, json);
    case "reset":
      requireOperands(input, 2);
      return await change(access, { [known(key)]: null }, context, json);
    default:
      throw new WindlassError("WL_USAGE", `Cannot run 'settings': '${verb}' is none of its verbs`, {
        remedy: USAGE,
      });
  }
}

/** Where settings are read and changed. */
interface SettingsAccess {
  list(): Promise<readonly SettingEntry[]>;
  change(changes: SettingChanges): Promise<readonly SettingEntry[]>;
}

async function openAccess(context: CommandContext): Promise<SettingsAccess> {
  const home = context.home();
  using client = new WindlassClient({ addressFile: home.apiAddressFile });
  const host = hostAccess(home.apiAddressFile, context.signal);
  if (await askHost(client) !== undefined) return host;
  const store = await openStore(context);
  for (const { message, remedy } of store.problems) context.note(`windlass: ${message}\n${remedy}\n`);
  return {
    list: () => Promise.resolve(store.entries),
    async change(changes) {
      await createHome(home);
      const entries = await store.change(changes, context.signal);
      // A host that has started meanwhile may have read the file before.
      using late = new WindlassClient({ addressFile: home.apiAddressFile });
      return await askHost(late) === undefined ? entries : await host.change(changes);
    },
  };
}

/** The running host's settings. */
function hostAccess(addressFile: string, signal: AbortSignal): SettingsAccess {
  const call = async <T>(use: (client: WindlassClient) => Promise<T>) => {
    using client = new WindlassClient({ addressFile });
    return await use(client);
  };
  return {
    list: () => call((client) => client.settings.list({ signal })),
    change: (changes) => call((client) => client.settings.change(changes, { signal })),
  };
}

function openStore(context: CommandContext): Promise<SettingsStore> {
  return openInstanceSettings({
    home: context.home(),
    executable: context.executable(),
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
  return print(context, json, entry, changeText);
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

function requireOperands({ operands }: CommandInput, count: number): void {
  if (operands.length === count) return;
  const state = operands.length < count
    ? `'${operands[0]}' needs ${operands.length < 2 ? "the name of a setting" : "a value"}`
    : `'${operands[count]}' is one word too many`;
  throw new WindlassError("WL_USAGE", `Cannot run 'settings': ${state}`, { remedy: USAGE });
}

function print<T>(context: CommandContext, json: boolean, value: T, text: (value: T) => string): number {
  context.print(json ? `${JSON.stringify(value, null, 2)}\n` : text(value));
  return EXIT.ok;
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
  return source === "user" ? "" : source === "policy default" ? "   (default of a policy)" : "   (default)";
}

/** What a change has led to. Pure. */
export function changeText({ key, value, takesEffect }: SettingEntry): string {
  const line = `${key} is ${formatSetting(value)}\n`;
  switch (takesEffect) {
    case "at once":
      return line;
    case "for new ports":
      return `${line}This counts for ports that are published from now on.\n`;
    case "when the engine starts again":
      return `${line}This counts when the engine starts again; 'windlass restart' does that now.\n`;
  }
}
