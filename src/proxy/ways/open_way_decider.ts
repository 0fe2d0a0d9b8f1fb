import { trustedCertificates } from "../../certificates/trusted_certificates.ts";
import { OPERATING_SYSTEM } from "../../platform/operating_system.ts";
import { openSystemProxy } from "../../platform/this_system_proxy.ts";
import { readPacFile } from "../pac/pac_file.ts";
import { isExempt, parseNoProxyList } from "./no_proxy.ts";
import { WayDecider, type WayDeciderOptions } from "./way_decider.ts";

/** Decides by settings, the variables of this process, and this machine. */
export function openWayDecider(options: Pick<WayDeciderOptions, "settings" | "onChange">): WayDecider {
  return new WayDecider({
    ...options,
    readVariable: (name) => Deno.env.get(name),
    variablesFirst: OPERATING_SYSTEM === "linux",
    openSystem: () => openSystemProxy((target, list) => isExempt(target, parseNoProxyList(list))),
    readPac: async (url) => await readPacFile(url, await trustedCertificates()),
  });
}
