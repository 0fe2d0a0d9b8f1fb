import type { WslCall } from "./wsl_call.ts";

/**
 * What of the caller's variables reaches `wsl` for Linux: WSL_UTF8, WSLENV, and what WSLENV names, with paths made
 * paths of this machine by `toHost`. Pure.
 */
export function crossingVariables(
  { environment }: Pick<WslCall, "environment">,
  toHost: (path: string) => string,
): Record<string, string> {
  const crossing: Record<string, string> = {};
  const list = environment["WSLENV"];
  for (const name of ["WSL_UTF8", "WSLENV"]) {
    const value = environment[name];
    if (value !== undefined) crossing[name] = value;
  }
  for (const item of (list ?? "").split(":")) {
    const [name = "", flags = ""] = item.split("/", 2);
    const value = environment[name.toUpperCase()];
    if (name === "" || value === undefined) continue;
    crossing[name] = flags.includes("l")
      ? value.split(";").map(toHost).join(":")
      : flags.includes("p")
      ? toHost(value)
      : value;
  }
  return crossing;
}
