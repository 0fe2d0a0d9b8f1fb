import { isInBlock, parseAddress } from "../ways/address_block.ts";
import { dateRange, timeRange, weekdayRange } from "./pac_times.ts";

/** What the functions of PAC files know of this machine. */
export interface PacMachine {
  /** Addresses of a name, in the order of the system; empty if there are none. */
  lookup(name: string): readonly string[];
  /** The addresses of this machine, the most likely first. */
  readonly addresses: readonly string[];
  now(): Date;
}

/** A function of PAC files: takes whatever they pass. */
export type PacFunction = (...values: readonly unknown[]) => string | boolean | number | null | undefined;

/** All functions that PAC files may call, by name, those that Windows adds for IPv6 as well. Pure but for `machine`. */
export function pacFunctions(machine: PacMachine): Readonly<Record<string, PacFunction>> {
  const lookup = (host: unknown) =>
    parseAddress(String(host)) === undefined ? machine.lookup(String(host).toLowerCase()) : [String(host)];
  const ipv4Of = (host: unknown) => lookup(host).find(isIpv4) ?? null;
  return {
    isPlainHostName: (host) => !String(host).includes("."),
    dnsDomainIs: (host, domain) => String(host).toLowerCase().endsWith(String(domain).toLowerCase()),
    localHostOrDomainIs: (host, full) =>
      String(host) === String(full) || !String(host).includes(".") && String(full).startsWith(`${host}.`),
    dnsDomainLevels: (host) => String(host).split(".").length - 1,
    shExpMatch: (text, pattern) => isLike(String(text), String(pattern)),
    weekdayRange: (...values) => weekdayRange(machine.now(), values),
    dateRange: (...values) => dateRange(machine.now(), values),
    timeRange: (...values) => timeRange(machine.now(), values),
    dnsResolve: ipv4Of,
    isResolvable: (host) => ipv4Of(host) !== null,
    isInNet: (host, pattern, mask) => isMasked(ipv4Of(host), String(pattern), String(mask)),
    myIpAddress: () => machine.addresses.find(isIpv4) ?? "127.0.0.1",
    dnsResolveEx: (host) => lookup(host).join(";"),
    isResolvableEx: (host) => lookup(host).length > 0,
    isInNetEx: (host, prefix) => isInPrefix(lookup(host), String(prefix)),
    myIpAddressEx: () => machine.addresses.join(";"),
    sortIpAddressList: (list) => String(list).split(";").map((text) => text.trim()).sort().join(";"),
    getClientVersion: () => "1.0",
    alert: () => undefined,
  };
}

/**
 * Whether a text is as a pattern with `*` and `?` says. Goes back to the last `*` only: a regular expression would try
 * all of them, at a cost without bound.
 */
function isLike(text: string, pattern: string): boolean {
  let at = 0;
  let star = -1;
  let resumed = 0;
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      resumed = index;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resumed;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

function isIpv4(text: string): boolean {
  return !text.includes(":") && parseAddress(text) !== undefined;
}

function isMasked(address: string | null, pattern: string, mask: string): boolean {
  const [own, wanted, bits] = [address ?? "", pattern, mask].map(parseAddress);
  if (own?.bits !== 32 || wanted?.bits !== 32 || bits?.bits !== 32) return false;
  return (own.value & bits.value) === (wanted.value & bits.value);
}

function isInPrefix(addresses: readonly string[], prefix: string): boolean {
  const [start = "", digits = ""] = prefix.split("/");
  const base = parseAddress(start);
  if (base === undefined || !/^\d{1,3}$/.test(digits) || Number(digits) > base.bits) return false;
  return addresses.map(parseAddress).some((address) =>
    address !== undefined && isInBlock(address, { ...base, prefix: Number(digits) })
  );
}
