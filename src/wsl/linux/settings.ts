import { type IniFile, parseIni } from "./ini_file.ts";

/** When things that nobody uses are ended. `null` means never. */
export interface IdleLimits {
  /** From the end of the last program in a distro to the distro's end. */
  readonly distroMilliseconds: number | null;
  /** From the end of the last distro to the end of what all share. */
  readonly sharedMilliseconds: number | null;
}

/** What a distro's own /etc/wsl.conf decides. */
export interface DistroSettings {
  readonly automount: boolean;
  /** Begins and ends with a slash. */
  readonly automountRoot: string;
  readonly generateHosts: boolean;
  readonly generateResolvConf: boolean;
  readonly hostname: string | null;
  readonly defaultUser: string | null;
  /** Whether programs of the machine can be run from within. */
  readonly interop: boolean;
  readonly bootCommand: string | null;
}

/** The real one's defaults. */
const DISTRO_IDLE_MILLISECONDS = 15_000;
const SHARED_IDLE_MILLISECONDS = 60_000;

/**
 * Reads `[general] instanceIdleTimeout` and `[wsl2] vmIdleTimeout`, in milliseconds, from the text of
 * .wslconfig. A negative number means never; anything but a number is treated as not given.
 */
export function parseIdleLimits(text: string): IdleLimits {
  const file = parseIni(text);
  return {
    distroMilliseconds: milliseconds(file, "general", "instanceidletimeout", DISTRO_IDLE_MILLISECONDS),
    sharedMilliseconds: milliseconds(file, "wsl2", "vmidletimeout", SHARED_IDLE_MILLISECONDS),
  };
}

/** Reads the text of a distro's wsl.conf; unknown keys are ignored. */
export function parseDistroSettings(text: string): DistroSettings {
  const file = parseIni(text);
  const value = (section: string, key: string) => file.get(section)?.get(key) || null;
  const root = value("automount", "root") ?? "/mnt/";
  return {
    automount: isTrue(value("automount", "enabled"), true),
    automountRoot: `/${root.split("/").filter((part) => part !== "" && part !== "..").join("/")}/`.replace(
      "//",
      "/",
    ),
    generateHosts: isTrue(value("network", "generatehosts"), true),
    generateResolvConf: isTrue(value("network", "generateresolvconf"), true),
    hostname: value("network", "hostname"),
    defaultUser: value("user", "default"),
    interop: isTrue(value("interop", "enabled"), true),
    bootCommand: value("boot", "command"),
  };
}

function isTrue(value: string | null, otherwise: boolean): boolean {
  if (value === null) return otherwise;
  return /^(true|1)$/i.test(value) ? true : /^(false|0)$/i.test(value) ? false : otherwise;
}

function milliseconds(file: IniFile, section: string, key: string, otherwise: number): number | null {
  const value = file.get(section)?.get(key);
  if (value === undefined || !/^-?\d+$/.test(value)) return otherwise;
  const count = Number(value);
  return count < 0 ? null : count;
}
