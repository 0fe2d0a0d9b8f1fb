/** Sections and keys in lower case; of a key that is given twice the last value is used. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the format of wsl.conf and .wslconfig: `[section]`, `key = value`, comments with `#` or `;`. A line
 * that is anything else is skipped. Values may be quoted.
 */
export function parseIni(text: string): IniFile {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const rawLine of text.split("\n")) {
    const line = rawLine.trim();
    const section = /^\[([^\]]*)\]/.exec(line);
    if (section !== null) {
      const name = (section[1] as string).trim().toLowerCase();
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
      continue;
    }
    const pair = /^([^=#;]+)=(.*)$/.exec(line);
    if (pair === null) continue;
    current.set((pair[1] as string).trim().toLowerCase(), unquote((pair[2] as string).trim()));
  }
  return sections;
}

function unquote(value: string): string {
  const quoted = /^"(.*)"$/.exec(value);
  if (quoted !== null) return quoted[1] as string;
  return value.replace(/(?<!\s)\s+[#;].*$/, "");
}
