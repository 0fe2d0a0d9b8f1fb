import type { HeldPort } from "../../agent/protocol/rpc_messages.ts";
import type { Log } from "../../logging/log.ts";
import { takenPorts } from "../../platform/this_taken_ports.ts";
import type { StartWatch } from "../../relay/watched_starts.ts";
import { NEVER } from "../../timing/sleep.ts";
import {
  type ContainerPorts,
  DYNAMIC_PORTS,
  type PortChoice,
  portChoiceOf,
  portName,
  refusedPortIn,
} from "./port_choice.ts";

/**
 * A start takes less than a second from here to dockerd's choice, and many times that on a busy machine. What is held for
 * longer only gets in the way.
 */
const HOLD_MILLISECONDS = 60_000;
/** dockerd starts its containers with a restart policy within this, also behind a slow data distro. */
const ENGINE_START_MILLISECONDS = 60_000;
/** dockerd tries ten numbers at each start, so this is enough for several hundred in a row that are taken. */
const REPEATS = 40;
/**
 * An agent answers at once, or after seconds on a busy machine; one that does not must not keep a container from starting.
 * A start with `--rm` that was not waited for here fails if dockerd chooses wrongly: it cannot be repeated.
 */
const AGENT_MILLISECONDS = 10_000;

/** What the ports of starting containers are looked after with. */
export interface StartPortsOptions {
  /** Asks dockerd for a container's description. */
  readonly describe: (container: string, signal: AbortSignal) => Promise<ContainerPorts>;
  readonly hold: (ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Replaced in tests. */
  readonly taken?: typeof takenPorts;
}

/**
 * Makes dockerd choose port numbers that are free on this machine, which it cannot see: those that are taken here
 * are held in its network while a container starts. What it chooses wrongly all the same, because a number was taken
 * meanwhile or more than ten in a row are, is chosen once more. A number that the user has named is never held, so
 * that the start fails with the name of its holder.
 */
export class StartPorts implements StartWatch {
  readonly #options: StartPortsOptions;
  /** Ports that the agent may hold, by name. */
  #held: ReadonlySet<string> = new Set();

  constructor(options: StartPortsOptions) {
    this.#options = options;
  }

  async before(container: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#prepare(await this.#choice(container, signal), signal);
    } catch (error) {
      this.#options.log("debug", "ports.start.unprepared", { reason: String(error) });
    }
  }

  async refused(container: string, refusal: string, refusals: number, signal: AbortSignal): Promise<boolean> {
    const refused = refusedPortIn(refusal);
    if (refused === undefined || refusals > REPEATS) return false;
    try {
      const choice = await this.#choice(container, signal);
      const name = refused.port === undefined ? undefined : portName(refused.protocol, refused.port);
      // What was named is dockerd's to refuse, except where only we are in its way.
      const isNamed = name !== undefined && choice.named.has(name);
      if (isNamed ? !this.#held.has(name) : choice.ranges.length === 0) return false;
      await this.#prepare(choice, signal);
      this.#options.log("info", "ports.start.repeated", { ...refused, refusals });
      return true;
    } catch (error) {
      // A container that removes itself does so after a failed start.
      this.#options.log("debug", "ports.start.not_repeated", { reason: String(error) });
      return false;
    }
  }

  /** Before dockerd starts containers by itself. Never rejects. */
  async engineStarts(): Promise<void> {
    const ranges = (["tcp", "udp"] as const).map((protocol) => ({ protocol, ...DYNAMIC_PORTS }));
    try {
      await this.#hold(
        await this.#takenIn({ ranges, named: new Set() }),
        ENGINE_START_MILLISECONDS,
        NEVER,
      );
    } catch (error) {
      this.#options.log("debug", "ports.start.unprepared", { reason: String(error) });
    }
  }

  async #choice(container: string, signal: AbortSignal): Promise<PortChoice> {
    return portChoiceOf(await this.#options.describe(container, signal));
  }

  async #prepare(choice: PortChoice, signal: AbortSignal): Promise<void> {
    const blocksNamed = [...choice.named].some((name) => this.#held.has(name));
    if (choice.ranges.length === 0 && !blocksNamed) return;
    const ports = await this.#takenIn(choice);
    if (ports.length > 0 || this.#held.size > 0) await this.#hold(ports, HOLD_MILLISECONDS, signal);
  }

  async #takenIn({ ranges, named }: PortChoice): Promise<HeldPort[]> {
    const { taken = takenPorts } = this.#options;
    const lists = await Promise.all(ranges.map(async ({ protocol, first, last }) => {
      const ports = [...await taken(protocol, { first, last })].sort((a, b) => a - b);
      return ports.map((port) => ({ protocol, port }));
    }));
    return lists.flat().filter(({ protocol, port }) => !named.has(portName(protocol, port)));
  }

  async #hold(ports: readonly HeldPort[], milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#held = new Set(ports.map(({ protocol, port }) => portName(protocol, port)));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(AGENT_MILLISECONDS)]);
    await this.#options.hold(ports, milliseconds, limit);
  }
}
