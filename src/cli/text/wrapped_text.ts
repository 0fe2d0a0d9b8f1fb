/** Even the narrowest terminal has room for this much of a line. */
const LEAST_COLUMNS = 20;

/**
 * A paragraph in lines that fit into the columns, each of them indented and with a line end. A word that is longer
 * than a line is not divided: it may be a command or a path that somebody copies. Pure.
 */
export function wrappedText(text: string, columns: number, indent: string): string {
  // A line that fills the last column makes some consoles add an empty one.
  const room = Math.max(columns - 1, LEAST_COLUMNS) - indent.length;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || longer.length <= room) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each) => `${indent}${each}\n`).join("");
}
