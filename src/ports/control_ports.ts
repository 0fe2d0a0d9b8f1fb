import { parseApiAddress } from "../client/api_address.ts";
import { findListeners } from "../platform/this_program_listeners.ts";
import type { ProgramListener } from "../platform/program_listeners.ts";
import { PORT_LIMITS } from "./port_limits.ts";

/** The runtime as the launcher unpacks it; a running one may have been removed since. */
const RUNTIME_REGEXP = /^(.+)([\\/])components[\\/][0-9a-f]{64}-deno(?:\.exe)?(?: \(deleted\))?$/;

/** What is known of a port for a moment. */
interface Verdict {
  readonly until: number;
  readonly isControl: Promise<boolean>;
}

/** Access to the machine; replaced in tests. */
export interface ControlPortsOptions {
  readonly find?: typeof findListeners;
  readonly readTextFile?: (path: string) => Promise<string>;
  readonly now?: () => number;
}

/**
 * Ports at which other Windlass hosts of this machine have their control API: of other homes and users, and of a host that is
 * on its way out. No container may reach one. A port that another instance publishes for its containers is not one of them.
 */
export class ControlPorts {
  readonly #find: typeof findListeners;
  readonly #read: (path: string) => Promise<string>;
  readonly #now: () => number;
  readonly #verdicts = new Map<number, Verdict>();

  constructor(
    { find = findListeners, readTextFile = Deno.readTextFile, now = () => performance.now() }:
      ControlPortsOptions = {},
  ) {
    [this.#find, this.#read, this.#now] = [find, readTextFile, now];
  }

  /** Whether it is one. Looked up at most once in a while for each port, however often containers connect. */
  has(port: number): Promise<boolean> {
    const known = this.#verdicts.get(port);
    if (known !== undefined && this.#now() < known.until) return known.isControl;
    this.#verdicts.delete(port);
    const isControl = this.#look(port);
    this.#verdicts.set(port, { until: this.#now() + PORT_LIMITS.controlPortMilliseconds, isControl });
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > PORT_LIMITS.controlPortsKnown && oldest !== undefined) {
      this.#verdicts.delete(oldest);
    }
    return isControl;
  }

  async #look(port: number): Promise<boolean> {
    const hosts = await this.#find(port, (executable) => RUNTIME_REGEXP.test(executable));
    const found = await Promise.all(hosts.map((host) => this.#isControlOf(host, port)));
    return found.includes(true);
  }

  /** Its address file says which of its ports is the API's; one that says nothing of it may hide anything. */
  async #isControlOf({ processId, executable }: ProgramListener, port: number): Promise<boolean> {
    const [, home = "", separator = "/"] = RUNTIME_REGEXP.exec(executable) ?? [];
    const path = `${home}${separator}api.json`;
    try {
      const { url, pid } = parseApiAddress(await this.#read(path), path);
      return pid !== processId || Number(new URL(url).port) === port;
    } catch {
      return true;
    }
  }
}
