import type { Log } from "../../logging/log.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import {
  readRegistryNumber,
  readRegistryText,
  type RegistryKey,
} from "../../platform/windows/registry/registry.ts";
import { environmentRules, internetSettingsRules, type ProxyRules } from "./proxy_rules.ts";

const INTERNET_SETTINGS: RegistryKey = {
  hive: "HKCU",
  path: "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
};

/**
 * The rules that this machine's user has right now: those of the environment, on Windows else those of the Internet
 * Settings; `null` without any. A proxy script (PAC) is not followed; that one is set is logged.
 */
export function systemProxyRules(log: Log): ProxyRules | null {
  const rules = environmentRules(Deno.env.toObject());
  if (rules !== null || OPERATING_SYSTEM !== "windows") return rules;
  const text = (name: string) => readRegistryText(INTERNET_SETTINGS, name) ?? "";
  const settings = internetSettingsRules({
    enabled: readRegistryNumber(INTERNET_SETTINGS, "ProxyEnable") === 1,
    server: text("ProxyServer"),
    override: text("ProxyOverride"),
  });
  if (settings === null && text("AutoConfigURL") !== "") log("info", "update.proxy.script-not-followed");
  return settings;
}
