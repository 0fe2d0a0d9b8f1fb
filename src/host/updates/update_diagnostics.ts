import { join } from "node:path";
import type { DiagnosticSource } from "../../diagnostics/diagnostics.ts";
import { unlessMissing } from "../../errors/unless_missing.ts";
import { readTextIfPresent } from "../../files/if_present.ts";
import { versionFiles } from "../../payload/version_files.ts";
import type { Home } from "../home.ts";

/** Random, but it would identify the reporter; left out. */
const INSTALL_ID_REGEXP = /("installId"\s*:\s*")[^"]*"/g;

/** What the home knows of updates: which versions there are, which runs, what is being done and what has been. */
export function updateSources(
  { root, updateDirectory }: Pick<Home, "root" | "updateDirectory">,
): DiagnosticSource[] {
  const { current, versions } = versionFiles(root);
  const file = (name: string, path: string, about: string): DiagnosticSource => ({
    name,
    about,
    read: async () => withoutInstallId(await textOf(path)),
  });
  const updateFile = (name: string, about: string) =>
    file(`update/${name}`, join(updateDirectory, name), about);
  return [
    file("current.json", current, "Which version is running"),
    { name: "versions.txt", about: "Versions on disk", read: () => namesIn(versions) },
    updateFile("state.json", "Last check, failed, skipped and pinned versions"),
    updateFile("journal.json", "Update in progress"),
    updateFile("history.jsonl", "History of updates"),
    {
      name: "update/staging.txt",
      about: "What is downloaded",
      read: () => namesIn(join(updateDirectory, "staging")),
    },
  ];
}

/** Also for a text that is damaged. Pure. */
export function withoutInstallId(text: string): string {
  return text.replaceAll(INSTALL_ID_REGEXP, '$1(left out)"');
}

/** The file's text; none is an answer, too. */
export async function textOf(path: string): Promise<string> {
  return await readTextIfPresent(path) ?? "None.\n";
}

/** Names and sizes of the files in a folder, one a line. */
async function namesIn(folder: string): Promise<string> {
  const listing = await unlessMissing(async () => {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    const lines = names.sort().map(async (name) =>
      `${name} ${(await Deno.lstat(join(folder, name))).size}\n`
    );
    return (await Promise.all(lines)).join("");
  });
  return listing ?? "None.\n";
}
