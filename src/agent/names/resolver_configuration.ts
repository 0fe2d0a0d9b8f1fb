import { isIp } from "../../platform/addresses.ts";
import { NAME_LIMITS } from "./name_limits.ts";

/** Which servers are asked, and how. */
export interface ResolverConfiguration {
  readonly servers: readonly string[];
  /** How long a server may be silent before the next one is asked as well. */
  readonly patienceMilliseconds: number;
  /** How often each is asked. */
  readonly attempts: number;
  /** Whether each question begins with another server. */
  readonly rotate: boolean;
}

/** What reads the configuration; replaced in tests. */
export interface ResolverFile {
  read(): Promise<string>;
  now(): number;
}

/**
 * The servers and options of resolv.conf(5). A shorter `timeout` is taken, a longer one is not: clients do not wait
 * for it. Pure.
 */
export function parseResolverConfiguration(text: string): ResolverConfiguration {
  const servers: string[] = [];
  const options: string[] = [];
  for (const line of text.split("\n")) {
    const [word, ...values] = line.trim().split(/\s+/);
    if (word === "nameserver" && values[0] !== undefined) servers.push(values[0]);
    if (word === "options") options.push(...values);
  }
  const option = (name: string) => {
    const value = options.findLast((each) => each.startsWith(`${name}:`))?.slice(name.length + 1);
    return value !== undefined && /^\d{1,4}$/.test(value) ? Number(value) : undefined;
  };
  const { patienceMilliseconds, attempts, maximumAttempts } = NAME_LIMITS;
  const timeout = (option("timeout") || Infinity) * 1_000;
  return {
    servers: usableServers(servers),
    patienceMilliseconds: Math.min(timeout, patienceMilliseconds),
    attempts: Math.min(Math.max(option("attempts") ?? attempts, 1), maximumAttempts),
    rotate: options.includes("rotate"),
  };
}

/** The addresses among them, each once. Pure. */
export function usableServers(servers: readonly string[]): string[] {
  const addresses = servers.filter(isIp);
  return [...new Set(addresses)].slice(0, NAME_LIMITS.servers);
}

/**
 * The distro's configuration as it is now, since WSL changes the file when the machine's network changes; with the
 * user's own servers in place of its servers if there are any.
 */
export class ResolverSource {
  readonly #file: ResolverFile;
  /** What is never asked: ourselves. */
  readonly #own: string | undefined;
  #userServers: readonly string[] = [];
  #last: { readonly until: number; readonly text: Promise<string> } | undefined;

  constructor(own: string | undefined, file: ResolverFile = RESOLV_CONF) {
    this.#own = own;
    this.#file = file;
  }

  /** Asks these servers from now on, or the distro's if there are none. */
  useServers(servers: readonly string[]): void {
    this.#userServers = usableServers(servers);
  }

  async current(): Promise<ResolverConfiguration> {
    const now = this.#file.now();
    if (this.#last === undefined || now >= this.#last.until) {
      this.#last = { until: now + NAME_LIMITS.configurationMilliseconds, text: this.#file.read() };
    }
    const configuration = parseResolverConfiguration(await this.#last.text);
    const servers = this.#userServers.length > 0 ? this.#userServers : configuration.servers;
    return { ...configuration, servers: servers.filter((server) => server !== this.#own) };
  }
}

const RESOLV_CONF: ResolverFile = {
  read: async () => {
    // No file, no server.
    const text = await Deno.readTextFile("/etc/resolv.conf").catch(() => "");
    return text.slice(0, NAME_LIMITS.configurationBytes);
  },
  now: () => performance.now(),
};
