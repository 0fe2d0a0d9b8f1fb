import type { Registry } from "../../../../src/wsl/linux/registry.ts";
import { readRegistry } from "../../../../src/wsl/linux/registry_file.ts";

/** Where Windows lists the distros of a user. */
export const LXSS_KEY = "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Lxss";

/**
 * Shows the registry of `wsl` for Linux in that of Windows, where programs look for distros without calling
 * `wsl.exe`.
 */
export class LxssMirror {
  #shown: Registry = { DefaultVersion: 2, Distributions: {} };
  #turns: Promise<void> = Promise.resolve();
  readonly #path: string;
  readonly #importRegistry: (text: string) => Promise<void>;
  readonly #toWindows: (path: string) => string;

  constructor(
    path: string,
    { importRegistry, toWindows }: {
      importRegistry(text: string): Promise<void>;
      toWindows(path: string): string;
    },
  ) {
    this.#path = path;
    this.#importRegistry = importRegistry;
    this.#toWindows = toWindows;
  }

  /** Resolves when Windows shows what `wsl` for Linux had registered at the moment of this call, or later. */
  update(): Promise<void> {
    const done = this.#turns.then(() => this.#update());
    this.#turns = done.catch(() => {});
    return done;
  }

  async #update(): Promise<void> {
    const registry = await readRegistry(this.#path);
    const text = lxssChanges(this.#shown, registry, this.#toWindows);
    if (text !== "") await this.#importRegistry(text);
    this.#shown = registry;
  }
}

/** The text of a .reg file that turns what Windows shows of `before` into `after`; "" if they are alike. Pure. */
export function lxssChanges(before: Registry, after: Registry, toWindows: (path: string) => string): string {
  const keys: string[] = [];
  for (const guid of Object.keys(before.Distributions)) {
    if (!(guid in after.Distributions)) keys.push(`[-${LXSS_KEY}\\${guid}]\n`);
  }
  for (const [guid, entry] of Object.entries(after.Distributions)) {
    if (JSON.stringify(before.Distributions[guid]) === JSON.stringify(entry)) continue;
    const texts = { DistributionName: entry.DistributionName, BasePath: toWindows(entry.BasePath) };
    const { State, Version, Flags, DefaultUid } = entry;
    keys.push(
      `[${LXSS_KEY}\\${guid}]\n` +
        Object.entries(texts).map(([name, value]) => `"${name}"=${quoted(value)}\n`).join("") +
        Object.entries({ State, Version, Flags, DefaultUid }).map(([name, value]) =>
          `"${name}"=dword:${value.toString(16).padStart(8, "0")}\n`
        ).join(""),
    );
  }
  if (before.DefaultDistribution !== after.DefaultDistribution) {
    const value = after.DefaultDistribution === undefined ? "-" : quoted(after.DefaultDistribution);
    keys.push(`[${LXSS_KEY}]\n"DefaultDistribution"=${value}\n`);
  }
  return keys.join("\n");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
