import { z } from "zod";
import { UpdateMirrors, UpdatePin, UpdateProxy, UpdateUrl } from "./update_values.ts";
import { DURATION_REGEXP, durationMilliseconds } from "./duration.ts";

/** Keys of daemon.json that Windlass itself decides; another value would cut it off from its engine. */
export const RESERVED_DAEMON_OPTIONS: readonly string[] = [
  "cgroup-parent",
  "containerd",
  "data-root",
  "exec-root",
  "hosts",
  "pidfile",
  "tls",
  "tlscacert",
  "tlscert",
  "tlskey",
  "tlsverify",
  "userland-proxy",
  "userland-proxy-path",
];
/** The options travel as one argument of a command line; Windows ends those after 32,767 characters. */
const DAEMON_OPTIONS_CHARACTERS = 12_000;

const Duration = z.string()
  .regex(DURATION_REGEXP, "it is no length of time such as '90s', '10m', '1h30m' or 'never'")
  .refine((text) => durationMilliseconds(text) !== 0, "it must be longer than nothing");

const DaemonOptions = z.record(z.string(), z.json()).superRefine((options, context) => {
  const reserved = Object.keys(options).find((key) => RESERVED_DAEMON_OPTIONS.includes(key));
  if (reserved !== undefined) {
    context.addIssue({ code: "custom", message: `'${reserved}' is decided by Windlass itself` });
  }
  if (JSON.stringify(options).length > DAEMON_OPTIONS_CHARACTERS) {
    context.addIssue({
      code: "custom",
      message: `it is longer than ${DAEMON_OPTIONS_CHARACTERS} characters`,
    });
  }
});

/** When a change of a setting takes effect. */
export const TakesEffect = z.enum(["at once", "for new ports", "when the engine starts again"]);

/**
 * Every setting, with its default and what it does. The one list: the file, the command line, the API and its
 * documentation are made from it.
 */
export const Settings = z.object({
  "engine.idleTimeout": Duration.default("10m").describe(
    "How long nothing must use the engine before it is stopped: '90s', '10m', '1h30m', or 'never'",
  ),
  "engine.daemonOptions": DaemonOptions.default({}).describe(
    'Options of the Docker daemon, as in its daemon.json, such as {"log-opts":{"max-size":"10m"}}',
  ),
  "ports.defaultAddress": z.enum(["all", "127.0.0.1"]).default("all").describe(
    "Where ports listen that are published for every address, as by '-p 80:80': 'all', or '127.0.0.1', which lets in this machine only",
  ),
  "startAtSignIn": z.boolean().default(false).describe("Whether Windlass starts when you sign in"),
  "docker.useContext": z.boolean().default(false).describe(
    "Whether Windlass makes its Docker context the current one, so that 'docker' uses it in every terminal",
  ),
  "update.mode": z.enum(["off", "notify", "download", "auto"]).default("download").describe(
    "What Windlass does by itself about new versions: 'off' nothing, 'notify' look and tell, 'download' also download, 'auto' also install when nothing runs",
  ),
  "update.channel": z.enum(["stable", "beta", "nightly"]).default("stable").describe(
    "The line of versions that is followed",
  ),
  "update.pin": UpdatePin.default("").describe(
    "Versions to keep to, such as '1.2' or '1.2.7'; nothing else is installed, not even on request. 'windlass update pin' is the way to keep one yourself",
  ),
  "update.url": UpdateUrl.default("").describe(
    "Where versions come from instead of the usual place: a web address, 'file:' address or folder with a copy of it",
  ),
  "update.mirrors": UpdateMirrors.default([]).describe(
    'Further places with the same files, tried in turn, such as ["https://mirror.example.com/windlass/"]',
  ),
  "update.proxy": UpdateProxy.default("system").describe(
    "How updates reach the network: 'system' as the environment says, 'none' directly, or a proxy such as 'http://proxy.example.com:8080'",
  ),
  "update.selfManaged": z.enum(["auto", "always", "never"]).default("auto").describe(
    "Whether Windlass updates itself: 'auto' leaves it to a package manager that has installed it",
  ),
  "log.level": z.enum(["debug", "info", "warn", "error"]).default("debug").describe(
    "The least important lines that the log keeps",
  ),
});

/** The value of every setting. */
export type Settings = z.infer<typeof Settings>;
/** The name of a setting, such as `engine.idleTimeout`. */
export type SettingKey = keyof Settings;

/** All names, in the order in which they are shown. */
export const SETTING_KEYS = Object.keys(Settings.shape) as readonly SettingKey[];

/** What takes effect only later than at once. */
const LATER: ReadonlyMap<SettingKey, z.infer<typeof TakesEffect>> = new Map([
  ["engine.daemonOptions", "when the engine starts again"],
  ["ports.defaultAddress", "for new ports"],
]);

/** When a change of the setting takes effect. Pure. */
export function takesEffect(key: SettingKey): z.infer<typeof TakesEffect> {
  return LATER.get(key) ?? "at once";
}

/** Whether there is a setting of that name. */
export function isSettingKey(name: string): name is SettingKey {
  return Object.hasOwn(Settings.shape, name);
}

/** The value without any change. */
export function defaultOf<Key extends SettingKey>(key: Key): Settings[Key] {
  return Settings.shape[key].parse(undefined) as Settings[Key];
}

/** What a value is for a key: itself, or the reason why it cannot be, as it ends a sentence. Pure. */
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

/** What kind of value a key takes, as it ends a sentence. */
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
