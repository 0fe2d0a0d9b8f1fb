/** The proxy settings of a Linux desktop (`org.gnome.system.proxy`), as `gsettings list-recursively` prints them. Pure. */
import type { ProxyAddress, Target, Way } from "../../../proxy/way.ts";
import type { SystemAnswer } from "../../system_proxy.ts";

/** What the answers name as their source. */
const SOURCE = "the proxy settings of this desktop";
const SCHEMA = "org.gnome.system.proxy";

/** Values by schema and key, such as `org.gnome.system.proxy.http port`. */
export type DesktopSettings = ReadonlyMap<string, string>;

/** Reads lines such as `org.gnome.system.proxy.http host 'proxy.example.com'`. */
export function parseDesktopSettings(text: string): DesktopSettings {
  const settings = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^(org\.gnome\.system\.proxy(?:\.\w+)? [\w-]+) (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name, value);
  }
  return settings;
}

/** What the settings say about a target. */
export function desktopAnswer(
  target: Target,
  settings: DesktopSettings,
  isExempt: (target: Target, list: string) => boolean,
): SystemAnswer {
  const text = (key: string) => unquoted(settings.get(`${SCHEMA}${key}`) ?? "");
  switch (text(" mode")) {
    case "auto": {
      const url = text(" autoconfig-url");
      // Without an address, desktops look for `http://wpad/wpad.dat`.
      return { kind: "pac", url: url === "" ? "http://wpad/wpad.dat" : url, source: SOURCE };
    }
    case "manual": {
      const ignored = settings.get(`${SCHEMA} ignore-hosts`) ?? "";
      const direct: SystemAnswer = { kind: "ways", ways: [{ kind: "direct" }], source: SOURCE };
      if (isExempt(target, unquotedList(ignored))) return direct;
      const way = manualWay(target, text);
      return way === undefined ? direct : { kind: "ways", ways: [way], source: SOURCE };
    }
    default:
      return { kind: "unset" };
  }
}

/** The proxy for the scheme, else the one of SOCKS, which is for everything that has none of its own. */
function manualWay(target: Target, text: (key: string) => string): Way | undefined {
  const address = (group: string, scheme: ProxyAddress["scheme"]): ProxyAddress | undefined => {
    const hostname = text(`.${group} host`).toLowerCase().replace(/^\[|\]$/g, "");
    const port = Number(text(`.${group} port`));
    return hostname === "" || !(port >= 1 && port <= 65_535) ? undefined : { scheme, hostname, port };
  };
  const proxy = address(target.scheme, "http") ??
    (text(" use-same-proxy") === "true" ? address("http", "http") : undefined) ?? address("socks", "socks5");
  if (proxy === undefined) return undefined;
  const username = text(".http authentication-user");
  if (proxy.scheme !== "http" || text(".http use-authentication") !== "true" || username === "") {
    return { kind: "proxy", proxy };
  }
  const credentials = { username, password: text(".http authentication-password") };
  return { kind: "proxy", proxy: { ...proxy, credentials } };
}

/** A text of GVariant without its quotes. */
function unquoted(value: string): string {
  return /^(['"])(.*)\1$/.exec(value)?.[2]?.replace(/\\(.)/g, "$1") ?? value;
}

/** The texts of a list such as `['localhost', '127.0.0.0/8']`, with commas between them. */
function unquotedList(value: string): string {
  return [...value.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, one, other]) => one ?? other).join(",");
}
