import { join } from "node:path";
import { WindlassError } from "../errors/windlass_error.ts";
import { makeFolder, removeIfEmpty } from "../files/folders.ts";
import { removeIfPresent } from "../files/if_present.ts";
import { whileInUse } from "../files/rename_file.ts";
import { replaceFile } from "../files/replace_file.ts";
import { sha256 } from "../hashing/sha256.ts";
import { changeDockerConfig } from "./docker_config.ts";
import { readDockerFile } from "./read_docker_file.ts";

/** Name of the context, as `docker context use` takes it. */
export const CONTEXT_NAME = "windlass";
/** Docker names the folder of a context by this hash of its name. */
const CONTEXT_ID = sha256(CONTEXT_NAME);
/** What tells our context from one that a user has made. Docker keeps fields that it does not know. */
const MARK = "windlass";
/** As Docker writes its own files. */
const FILE_MODE = 0o644;

/** The variables that decide where Docker's command line keeps its configuration. */
export interface DockerEnvironment {
  readonly DOCKER_CONFIG?: string | undefined;
  readonly HOME?: string | undefined;
  readonly USERPROFILE?: string | undefined;
}

/** Docker's configuration folder: `DOCKER_CONFIG`, else `.docker` in the user's own; nothing without either. Pure. */
export function dockerConfigFolder(environment: DockerEnvironment, system: "linux" | "windows") {
  if (environment.DOCKER_CONFIG) return environment.DOCKER_CONFIG;
  const user = system === "windows" ? environment.USERPROFILE : environment.HOME;
  return user ? join(user, ".docker") : undefined;
}

/**
 * Makes the Docker context `windlass`, or brings ours up to date. Which context is the current one stays as it is.
 *
 * @param folder Docker's configuration folder; made if missing.
 * @param dockerHost Such as `npipe:////./pipe/windlass_engine`.
 * @throws {WindlassError} `WL_CONTEXT_TAKEN` if there is one of that name that Windlass has not made;
 * `WL_FILE_NOT_WRITABLE`.
 *
 * @example
 * ```ts
 * await writeDockerContext("/home/me/.docker", "unix:///home/me/.local/share/windlass/docker.sock");
 * ```
 */
export async function writeDockerContext(folder: string, dockerHost: string): Promise<void> {
  const path = metaFile(folder);
  const found = await readDockerFile(path);
  if (found !== undefined && !isOurs(found)) {
    throw new WindlassError(
      "WL_CONTEXT_TAKEN",
      `Cannot make the Docker context '${CONTEXT_NAME}': '${path}' was not created by Windlass`,
    );
  }
  const wanted = JSON.stringify({
    Name: CONTEXT_NAME,
    Metadata: { Description: "Docker in Windlass", CreatedBy: MARK },
    Endpoints: { docker: { Host: dockerHost, SkipTLSVerify: false } },
  });
  if (found === wanted) return;
  await makeFolder(join(metaFolder(folder), CONTEXT_ID));
  await replaceFile(path, wanted, { mode: FILE_MODE });
}

/**
 * Makes `windlass` the current context of Docker's command line.
 *
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID`, `WL_FILE_NOT_WRITABLE`.
 */
export async function useDockerContext(folder: string): Promise<void> {
  await changeDockerConfig(
    folder,
    (config) =>
      config["currentContext"] === CONTEXT_NAME ? config : { ...config, currentContext: CONTEXT_NAME },
  );
}

/**
 * Makes Docker's own choice the current context again if ours is it.
 *
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID`, `WL_FILE_NOT_WRITABLE`.
 */
export async function leaveDockerContext(folder: string): Promise<void> {
  await changeDockerConfig(folder, (config) => {
    const { currentContext, ...rest } = config;
    return currentContext === CONTEXT_NAME ? rest : config;
  });
}

/**
 * Takes our context away, and out of use if it is the current one. One that Windlass has not made stays. Folders
 * that are empty after it go as well.
 *
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID`, `WL_FILE_NOT_WRITABLE`.
 */
export async function removeDockerContext(folder: string): Promise<void> {
  const found = await readDockerFile(metaFile(folder));
  if (found === undefined || !isOurs(found)) return;
  await leaveDockerContext(folder);
  await removeIfPresent(join(folder, "contexts", "tls", CONTEXT_ID), { recursive: true });
  await whileInUse(() => Deno.remove(join(metaFolder(folder), CONTEXT_ID), { recursive: true }));
  for (
    const path of [metaFolder(folder), join(folder, "contexts", "tls"), join(folder, "contexts"), folder]
  ) {
    await removeIfEmpty(path);
  }
}

function metaFolder(folder: string): string {
  return join(folder, "contexts", "meta");
}

function metaFile(folder: string): string {
  return join(metaFolder(folder), CONTEXT_ID, "meta.json");
}

/** What is damaged is not ours to replace. */
function isOurs(text: string): boolean {
  try {
    return JSON.parse(text)?.Metadata?.CreatedBy === MARK;
  } catch {
    return false;
  }
}
