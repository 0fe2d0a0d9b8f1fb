import { join } from "node:path";
import type { DiagnosticSource } from "../diagnostics/diagnostics.ts";

/** Random, and yet what a report could be told apart from others by; nobody needs it. */
const INSTALL_ID_REGEXP = /("installId"\s*:\s*")[^"]*"/g;

/** What the home knows of updates: which versions there are, which runs, what is being done and what has been. */
export function updateSources(root: string): DiagnosticSource[] {
  const file = (path: readonly string[], about: string): DiagnosticSource => ({
    name: path.join("/"),
    about,
    read: async () => withoutInstallId(await textOf(join(root, ...path))),
  });
  return [
    file(["current.json"], "Which version runs"),
    { name: "versions.txt", about: "Versions on disk", read: () => namesIn(join(root, "versions")) },
    file(["update", "state.json"], "Last check, failed, skipped and pinned versions"),
    file(["update", "journal.json"], "What of an update is being done"),
    file(["update", "history.jsonl"], "What updates have done"),
    {
      name: "update/staging.txt",
      about: "What is downloaded",
      read: () => namesIn(join(root, "update", "staging")),
    },
  ];
}

/** Also for a text that is damaged. Pure. */
export function withoutInstallId(text: string): string {
  return text.replaceAll(INSTALL_ID_REGEXP, '$1(left out)"');
}

/** The file's text; none is an answer, too. */
export async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "There is none.\n";
    throw error;
  }
}

/** Names and sizes of the files in a folder, one a line. */
async function namesIn(folder: string): Promise<string> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    const lines = names.sort().map(async (name) =>
      `${name} ${(await Deno.lstat(join(folder, name))).size}\n`
    );
    return (await Promise.all(lines)).join("");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "There is none.\n";
    throw error;
  }
}
