/**
 * The proxies that the Docker CLI hands to containers and builds, in its `config.json`:
 * `{"proxies": {"unix:///run/docker.sock": {"httpProxy": "…", "httpsProxy": "…", "noProxy": "…"}}}`. The CLI takes the
 * entry of the daemon's address, as it was given it, or else the one named `default`.
 */
import { changeDockerConfig, type DockerConfig } from "./docker_config.ts";

/** The variables that containers get. */
export interface ContainerProxies {
  /** The proxy, such as `http://http.docker.internal:3128`. An entry with it is ours. */
  readonly proxy: string;
  /** What is reached without it, separated by commas. */
  readonly noProxy: string;
}

/** Which entries {@linkcode keepDockerProxies} keeps. */
export interface DockerProxiesOptions extends ContainerProxies {
  /** Every address that may have an entry of ours, as `DOCKER_HOST` has it. */
  readonly addresses: readonly string[];
  /** Those that are to have one; ours are removed from the others. */
  readonly wanted: readonly string[];
  /** Whether ours may stand before an entry `default` of the user's. */
  readonly overDefault: boolean;
}

/** Docker's name of the entry for all daemons without one of their own. */
const DEFAULT_ENTRY = "default";

/**
 * Adds and removes our entries. One that somebody else made stays as it is, also for our addresses.
 *
 * @throws {WindlassError} `WL_DOCKER_CONFIG_INVALID`, `WL_FILE_NOT_WRITABLE`.
 *
 * @example
 * ```ts
 * const addresses = ["npipe:////./pipe/windlass_engine"];
 * await keepDockerProxies("C:\\Users\\me\\.docker", {
 *   addresses,
 *   wanted: addresses,
 *   overDefault: false,
 *   proxy: "http://http.docker.internal:3128",
 *   noProxy: "localhost,127.0.0.1",
 * });
 * ```
 */
export async function keepDockerProxies(folder: string, options: DockerProxiesOptions): Promise<void> {
  await changeDockerConfig(folder, (config) => withProxies(config, options));
}

/** The configuration with our entries as they should be; the same object if they are. Pure. */
export function withProxies(config: DockerConfig, options: DockerProxiesOptions): DockerConfig {
  const { addresses, wanted, overDefault, proxy, noProxy } = options;
  const found = config["proxies"];
  if (found !== undefined && !isObject(found)) return config; // the CLI says what is wrong with it
  const entries = { ...found };
  const mayAdd = overDefault || entries[DEFAULT_ENTRY] === undefined;
  let isChanged = false;
  for (const address of addresses) {
    const entry = entries[address];
    if (entry !== undefined && !isOurs(entry, proxy)) continue;
    const isWanted = mayAdd && wanted.includes(address);
    if (isWanted && !isCurrent(entry, options)) {
      entries[address] = { ...entry, httpProxy: proxy, httpsProxy: proxy, noProxy: joined(entry, noProxy) };
    } else if (!isWanted && entry !== undefined) delete entries[address];
    else continue;
    isChanged = true;
  }
  if (!isChanged) return config;
  if (Object.keys(entries).length > 0) return { ...config, proxies: entries };
  const { proxies: _, ...rest } = config;
  return rest;
}

type Entry = Record<string, unknown>;

/** Users may add to our entry, such as to `noProxy`; it stays ours by its proxy. */
function isOurs(entry: unknown, proxy: string): entry is Entry {
  return isObject(entry) && entry["httpProxy"] === proxy;
}

function isCurrent(entry: Entry | undefined, { proxy, noProxy }: ContainerProxies): boolean {
  return entry?.["httpsProxy"] === proxy && entry["noProxy"] === joined(entry, noProxy);
}

/** What is exempt: all that the entry has, and what of ours it lacks. */
function joined(entry: Entry | undefined, noProxy: string): string {
  const found = typeof entry?.["noProxy"] === "string" ? entry["noProxy"].split(",") : [];
  const parts = [...found, ...noProxy.split(",")].map((part) => part.trim()).filter((part) => part !== "");
  return [...new Set(parts)].join(",");
}

function isObject(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
