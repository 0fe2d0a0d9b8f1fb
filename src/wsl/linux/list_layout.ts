/** One line of `--list --verbose`. */
export interface ListedDistro {
  readonly name: string;
  /** As shown; English in every language. */
  readonly state: "Stopped" | "Running" | "Installing" | "Uninstalling" | "Converting" | "Exporting";
  readonly version: 1 | 2;
  readonly isDefault: boolean;
}

const HEADING = "Windows Subsystem for Linux Distributions:\n";
const STATE_WIDTH = 16;

/**
 * The table of `--list --verbose`; callers match it to the byte.
 *
 * @example
 * ```ts
 * verboseList([{ name: "Debian", state: "Running", version: 2, isDefault: true }]);
 * //   NAME      STATE           VERSION
 * // * Debian    Running         2
 * ```
 */
export function verboseList(distros: readonly ListedDistro[]): string {
  const width = Math.max(4, ...distros.map(({ name }) => name.length)) + 4;
  const line = (mark: string, name: string, state: string, version: string) =>
    `${mark} ${name.padEnd(width)}${state.padEnd(STATE_WIDTH)}${version}\n`;
  return line(" ", "NAME", "STATE", "VERSION") +
    distros.map(({ name, state, version, isDefault }) =>
      line(isDefault ? "*" : " ", name, state, `${version}`)
    )
      .join("");
}

/** Names only, one a line. */
export function quietList(distros: readonly ListedDistro[]): string {
  return distros.map(({ name }) => `${name}\n`).join("");
}

/** A heading and the names, the default one marked. */
export function plainList(distros: readonly ListedDistro[]): string {
  return HEADING + distros.map(({ name, isDefault }) => `${name}${isDefault ? " (Default)" : ""}\n`).join("");
}
