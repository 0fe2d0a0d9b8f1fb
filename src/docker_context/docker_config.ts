import { basename, dirname, join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { makeFolder, removeIfEmpty } from "../files/folders.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { replaceFile } from "../files/replace_file.ts";
import { readDockerFile } from "./read_docker_file.ts";

/** The content of Docker's `config.json`. Other programs and users own most of it. */
export type DockerConfig = Readonly<Record<string, unknown>>;

/** The last change of each file that this process began: two at once would lose one of them. */
const changing = new Map<string, Promise<void>>();

/**
 * Changes `config.json` in Docker's configuration folder. The file and its folder are made if they are missing. A file
 * that would say nothing is removed: Docker takes it for the same.
 *
 * @param change Returns the new content, or its argument if nothing is to be changed; the file stays as it is then.
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID` if the file cannot be read; `WL_FILE_NOT_WRITABLE`.
 *
 * @example
 * ```ts
 * await changeDockerConfig("/home/me/.docker", (config) => ({ ...config, currentContext: "windlass" }));
 * ```
 */
export async function changeDockerConfig(
  folder: string,
  change: (config: DockerConfig) => DockerConfig,
): Promise<void> {
  const path = join(folder, "config.json");
  const before = changing.get(path) ?? Promise.resolve();
  const work = before.then(() => changeFile(path, change));
  const settled = work.catch(() => {}); // reported by `work`
  changing.set(path, settled);
  try {
    await work;
  } finally {
    if (changing.get(path) === settled) changing.delete(path);
  }
}

async function changeFile(path: string, change: (config: DockerConfig) => DockerConfig): Promise<void> {
  const found = await readConfig(path);
  const wanted = change(found);
  if (wanted === found) return;
  // Users keep it elsewhere and link to it; the link must stay.
  const real = await Deno.realPath(path).catch(() => path);
  if (Object.keys(wanted).length === 0 && real === await folderPath(path)) {
    await removeIfPresent(path);
    return await removeIfEmpty(dirname(path));
  }
  await makeFolder(dirname(path));
  await replaceFile(real, JSON.stringify(wanted, null, "\t")); // indented as Docker does it
}

/** Where the file would be without a link of its own. */
async function folderPath(path: string): Promise<string> {
  return join(await Deno.realPath(dirname(path)).catch(() => dirname(path)), basename(path));
}

async function readConfig(path: string): Promise<DockerConfig> {
  const text = await readDockerFile(path);
  if (text === undefined) return {};
  try {
    const config = JSON.parse(text);
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  } catch {
    // Reported below, as any other content that is not an object.
  }
  throw new WindlassError(
    "WL_DOCKER_CONFIG_INVALID",
    `Cannot change Docker's configuration: '${path}' is not a JSON object`,
  );
}
