/** Shells that `windlass env` writes for. */
export const SHELLS = ["posix", "powershell", "cmd"] as const;

/** A family of shells that take the same text. */
export type Shell = typeof SHELLS[number];

/** The line that sets a variable in a shell. Quoted, since a value may hold any character. Pure. */
export function shellSetting(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case "posix":
      return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
    case "powershell":
      return `$Env:${name} = '${value.replaceAll("'", "''")}'`;
    case "cmd":
      return `set "${name}=${value}"`;
  }
}
