import { unlessMissingSync } from "../../errors/unless_missing.ts";
import type { Log } from "../../logging/log.ts";
import type { OwnNames } from "./own_names.ts";

const HOSTS_FILE = "/etc/hosts";

/**
 * The text of a hosts(5) file that gives our own names their addresses and no other. WSL copies the hosts file of
 * Windows at every start of the distro, in which another product may have given these names an address that is of no
 * use in here. Pure.
 */
export function withOwnNames(text: string, ownNames: OwnNames): string {
  const others = text.split("\n").flatMap((line) => {
    const [entry, ...comment] = line.split("#");
    const [owner, ...names] = entry!.trim().split(/\s+/);
    const kept = names.filter((name) => !ownNames.has(name.toLowerCase()));
    if (kept.length === names.length) return [line];
    return kept.length === 0 ? [] : [[`${owner}\t${kept.join(" ")}`, ...comment].join(" #")];
  });
  const namesOf = Map.groupBy(ownNames.keys(), (name) => ownNames.get(name)!);
  const entries = [...namesOf].map(([address, names]) => `${address}\t${names.join(" ")}`);
  return [...entries, ...others].join("\n");
}

/**
 * Makes our own names known to everything inside the distro that is not a container: dockerd, builds, its shell.
 * What cannot be written is logged: containers do not depend on it.
 */
export function writeOwnNames(ownNames: OwnNames, log: Log): void {
  try {
    const text = readHosts();
    const wanted = withOwnNames(text, ownNames);
    if (wanted === text) return;
    // A new file in its place: readers always see a complete file.
    const draft = `${HOSTS_FILE}.windlass`;
    Deno.writeTextFileSync(draft, wanted, { mode: 0o644 });
    Deno.renameSync(draft, HOSTS_FILE);
  } catch (error) {
    log("warn", "agent.names.hosts_file", { reason: String(error) });
  }
}

function readHosts(): string {
  return unlessMissingSync(() => Deno.readTextFileSync(HOSTS_FILE)) ?? "";
}
