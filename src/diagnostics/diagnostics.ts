import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { errorText } from "../errors/error_text.ts";
import type { Redactor } from "../logging/redactor.ts";

/** One thing that helps to understand what went wrong. */
export interface DiagnosticSource {
  /** Its file in the archive, such as `status.json`. */
  readonly name: string;
  /** What it is, in a few words, for the user who decides whether to share it. */
  readonly about: string;
  /** Its text. If this fails, the reason takes its place: the other files are useful without it. */
  read(): string | Promise<string>;
}

/** The list of what is in the archive, which is part of it. */
const CONTENTS_FILE = "contents.txt";

/**
 * Reads all sources and packs what they say, without what looks like a secret, into the bytes of a zip file.
 *
 * @example
 * ```ts
 * const zip = await collectDiagnostics([{ name: "note.txt", about: "A note", read: async () => "x" }], redactor);
 * ```
 */
export async function collectDiagnostics(
  sources: readonly DiagnosticSource[],
  redactor: Redactor,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = await Promise.all(sources.map(async (source) => ({
    ...source,
    bytes: strToU8(redactor.text(await readOrReason(source))),
  })));
  const width = Math.max(...files.map(({ name }) => name.length));
  const contents = files.map(({ name, about, bytes }) =>
    `${name.padEnd(width)}  ${about} (${bytes.length} bytes)\n`
  );
  return zipSync({
    [CONTENTS_FILE]: strToU8(contents.join("")),
    ...Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])),
  });
}

/** What is in an archive, for people: one file a line. Pure. */
export function contentsOf(zip: Uint8Array): string {
  const files = unzipSync(zip, { filter: ({ name }) => name === CONTENTS_FILE });
  return strFromU8(files[CONTENTS_FILE]!);
}

async function readOrReason(source: DiagnosticSource): Promise<string> {
  try {
    return await source.read();
  } catch (error) {
    return `Cannot read this: ${errorText(error)}\n`;
  }
}
