import { createHash } from "node:crypto";

/** Sources of tests and checks: what they say does not change the image. */
const IRRELEVANT_REGEXP =
  /(_test\.ts|^check_image\.ts|^(image_(problems|rules)|build_requirements|main)\.ts|^unresolved_libraries\.ts|\.md)$/;

/**
 * A hash over everything in the recipe folder that can change the image: names, executable bits and contents. Two
 * checkouts with the same files give the same key.
 *
 * @param others Absolute paths of files elsewhere that the image is made of as well; their contents count.
 */
export async function computeInputKey(folder: string, others: readonly string[] = []): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await filesBeneath(folder)) {
    if (IRRELEVANT_REGEXP.test(path)) continue;
    const content = await Deno.readFile(`${folder}/${path}`);
    const executable = await isExecutable(`${folder}/${path}`);
    hash.update(`${path}\n${executable}\n${content.length}\n`);
    hash.update(content);
  }
  for (const path of others) hash.update(await Deno.readFile(path));
  return hash.digest("hex");
}

/** Whether the owner may run the file: the only permission that a checkout keeps. */
export async function isExecutable(path: string): Promise<boolean> {
  const { mode } = await Deno.stat(path);
  return ((mode ?? 0) & 0o100) !== 0;
}

/** Paths of all files beneath a folder, relative to it, sorted. */
export async function filesBeneath(folder: string): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for await (const child of Deno.readDir(`${folder}/${prefix}`)) {
      const path = prefix === "" ? child.name : `${prefix}/${child.name}`;
      if (child.isDirectory) await visit(path);
      else paths.push(path);
    }
  };
  await visit("");
  return paths.sort();
}
