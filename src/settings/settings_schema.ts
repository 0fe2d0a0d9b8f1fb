import { z } from "zod";
import { LOG_LEVELS } from "../logging/log.ts";
import { UpdateMirrors, UpdatePin, UpdateProxy, UpdateUrl } from "./update_values.ts";
import { hasHiddenPassword, HIDDEN_PASSWORD } from "../proxy/ways/proxy_setting.ts";
import { NetworkNoProxy, NetworkProxy } from "./network_values.ts";
import { WorkspaceNames } from "./workspace_names.ts";
import { daemonOptionsRefusal } from "./daemon_options_refusal.ts";
import { parsePortList } from "./port_list.ts";
import { DURATION_REGEXP, durationMilliseconds } from "./duration.ts";

/** The options travel as one argument of a command line; Windows ends those after 32,767 characters. */
const DAEMON_OPTIONS_CHARACTERS = 12_000;

const Duration = z.string()
  .regex(DURATION_REGEXP, "not a duration; use '90s', '10m', '1h30m' or 'never'")
  .refine((text) => durationMilliseconds(text) !== 0, "it must be longer than zero");

const DaemonOptions = z.record(z.string(), z.json()).superRefine((options, context) => {
  const message = daemonOptionsRefusal(options);
  if (message !== undefined) context.addIssue({ code: "custom", message });
  if (hasHiddenPassword(JSON.stringify(options))) {
    context.addIssue({ code: "custom", message: HIDDEN_PASSWORD });
  }
  if (JSON.stringify(options).length > DAEMON_OPTIONS_CHARACTERS) {
    context.addIssue({
      code: "custom",
      message: `it is longer than ${DAEMON_OPTIONS_CHARACTERS} characters`,
    });
  }
});

const HostServices = z.string().superRefine((text, context) => {
  const ranges = text === "all" || text === "none" ? [] : parsePortList(text);
  if (typeof ranges !== "string") return;
  const message = `it must be 'all', 'none' or a list of ports such as '5432,8000-8100': ${ranges}`;
  context.addIssue({ code: "custom", message });
});

/**
 * Every setting, with its default and what it does. The one list: the file, the command line, the API and its
 * documentation are made from it.
 */
export const Settings = z.object({
  "engine.idleTimeout": Duration.default("10m").describe(
    "How long the engine may sit idle before it stops: '90s', '10m', '1h30m', or 'never'",
  ),
  "engine.daemonOptions": DaemonOptions.default({}).describe(
    'Options of the Docker daemon, as in its daemon.json: {"debug":true} or, without quotes, debug=true log-opts.max-size=10m',
  ),
  "ports.defaultAddress": z.enum(["all", "127.0.0.1"]).default("all").describe(
    "Where ports that are published without an address listen, as with '-p 80:80': 'all', or '127.0.0.1' for this machine only",
  ),
  "ports.hostServices": HostServices.default("all").describe(
    "Which ports of this machine containers can reach as host.docker.internal: 'all', 'none', or a list such as '5432,8000-8100'",
  ),
  "network.proxy": NetworkProxy.default("system").describe(
    "The proxy for what the engine and containers fetch: 'system' for this machine's own, 'none' for direct connections, an address such as 'http://proxy.example.com:8080' or 'socks5://127.0.0.1:1080', or 'pac:' and the address of a PAC file",
  ),
  "network.noProxy": NetworkNoProxy.default([]).describe(
    "What is reached directly whatever the proxy is: names with all names beneath them, addresses and ranges such as 'example.com,10.0.0.0/8'",
  ),
  "network.containerProxy": z.enum(["auto", "on", "off"]).default("auto").describe(
    "Whether the Docker CLI hands proxy variables to new containers and builds: 'on', 'off', or 'auto', while a proxy is in use",
  ),
  "network.containerCertificates": z.boolean().default(false).describe(
    "Whether new containers trust the certificates that this machine trusts",
  ),
  "workspaces": WorkspaceNames.default([]).describe(
    "Your own WSL distros in which Docker works as it does in Windows: names such as 'Ubuntu,Debian', or 'default' for the default distro of WSL",
  ),
  "startAtSignIn": z.boolean().default(false).describe("Whether Windlass starts when you sign in"),
  "docker.useContext": z.boolean().default(false).describe(
    "Whether Windlass makes its Docker context the current one, so that 'docker' uses it in every terminal",
  ),
  "update.mode": z.enum(["off", "notify", "download", "auto"]).default("download").describe(
    "What Windlass does about new versions on its own: 'off' nothing, 'notify' check and report, 'download' also download, 'auto' also install when the engine is idle",
  ),
  "update.channel": z.enum(["stable", "beta", "nightly"]).default("stable").describe(
    "The release channel to follow",
  ),
  "update.pin": UpdatePin.default("").describe(
    "The version or version prefix to stay on, such as '1.2.7' or '1.2'; nothing else is installed, even on request. To pin a version for yourself, use 'windlass update pin'",
  ),
  "update.url": UpdateUrl.default("").describe(
    "Where to get versions instead of the default: a web address, a 'file:' address, or a folder with a copy of the channel",
  ),
  "update.mirrors": UpdateMirrors.default([]).describe(
    'More addresses with the same files, tried in order: ["https://mirror.example.com/windlass/"] or addresses separated by spaces',
  ),
  "update.proxy": UpdateProxy.default("system").describe(
    "The proxy for updates: 'system' for this machine's own, 'none' for a direct connection, or an address such as 'http://proxy.example.com:8080'",
  ),
  "update.selfManaged": z.enum(["auto", "always", "never"]).default("auto").describe(
    "Whether Windlass updates itself: 'always', 'never', or 'auto', which leaves it to the package manager that installed Windlass, if there is one",
  ),
  "log.level": z.enum(LOG_LEVELS).default("info").describe(
    "The lowest level of lines that the log keeps",
  ),
});

/** The value of every setting. */
export type Settings = z.infer<typeof Settings>;
/** The name of a setting, such as `engine.idleTimeout`. */
export type SettingKey = keyof Settings;

/** All names, in the order in which they are shown. */
export const SETTING_KEYS = Object.keys(Settings.shape) as readonly SettingKey[];

/** Whether there is a setting of that name. */
export function isSettingKey(name: string): name is SettingKey {
  return Object.hasOwn(Settings.shape, name);
}

/** The value without any change. */
export function defaultOf<Key extends SettingKey>(key: Key): Settings[Key] {
  return Settings.shape[key].parse(undefined) as Settings[Key];
}

/** What a value is for a key: itself, or the reason why it is invalid, as a lower-case clause. Pure. */
export function checkSetting<Key extends SettingKey>(
  key: Key,
  value: unknown,
): { readonly value: Settings[Key] } | { readonly invalid: string } {
  const result = Settings.shape[key].unwrap().safeParse(value);
  if (result.success) return { value: result.data as Settings[Key] };
  const { code, message } = result.error.issues[0]!;
  const own = code === "custom" || code === "invalid_format" || code === "too_big";
  return { invalid: own ? message : expectation(key) };
}

/** What kind of value a key takes, as a lower-case clause. */
function expectation(key: SettingKey): string {
  const schema = Settings.shape[key].unwrap();
  if (schema instanceof z.ZodEnum) return `it must be ${alternatives(schema.options.map(String))}`;
  if (schema instanceof z.ZodBoolean) return "it must be true or false";
  if (schema instanceof z.ZodRecord) return "it must be a JSON object";
  if (schema instanceof z.ZodArray) return "it must be a JSON array of texts";
  return "it must be text";
}

function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** What every setting takes, as a JSON schema. Pure. */
export function settingsSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(Settings, { io: "input" }) };
}
