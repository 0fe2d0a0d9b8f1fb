import type { Log } from "../../../logging/log.ts";
import { IdleTimer } from "../idle_timer.ts";
import type { FoundDistro } from "../registry.ts";
import { type IdleLimits, parseIdleLimits } from "../settings.ts";
import type { StatePaths } from "../state_paths.ts";
import { type DistroInstance, startDistro } from "./distro_instance.ts";
import { removeRemains, startVirtualMachine, type VirtualMachine } from "./virtual_machine.ts";

/**
 * A distro that was started for a call waits for its launch at least this long, whatever its idle time is. That takes
 * a few milliseconds, seconds on a busy machine, and never comes when the call was killed.
 */
const LAUNCH_MILLISECONDS = 15_000;

interface Running {
  readonly instance: DistroInstance;
  readonly timer: IdleTimer;
  /** Calls that have been answered and whose launch has not arrived. */
  launches: number;
}

/** Dependencies of the keeper. */
export interface RunningDistrosOptions {
  readonly paths: StatePaths;
  readonly program: string;
  readonly log: Log;
  /** Called when nothing runs any more, not even the shared part. */
  onEmpty(): void;
}

/**
 * The distros that run and the part that they share. Starts and ends happen one after another; a distro that
 * nobody uses, and the shared part without any distro, are ended after the times that .wslconfig sets.
 */
export class RunningDistros {
  readonly #options: RunningDistrosOptions;
  readonly #distros = new Map<string, Running>();
  #machine: VirtualMachine | null = null;
  #machineTimer: IdleTimer | null = null;
  #limits: IdleLimits = parseIdleLimits("");
  #turns: Promise<unknown> = Promise.resolve();

  constructor(options: RunningDistrosOptions) {
    this.#options = options;
  }

  /** Whether anything runs. */
  get isEmpty(): boolean {
    return this.#machine === null;
  }

  get guids(): string[] {
    return [...this.#distros.keys()];
  }

  /** Removes what a killed service left. Before the first start only. */
  async removeRemains(): Promise<void> {
    await removeRemains(this.#options.paths);
  }

  /** The running distro, started if need be. Its idle time starts over. */
  start(distro: FoundDistro): Promise<DistroInstance> {
    return this.#inTurn(async () => {
      const found = this.#distros.get(distro.guid);
      if (found !== undefined) {
        found.launches++;
        this.#wait(found);
        return found.instance;
      }
      const machine = await this.#machineForStart();
      try {
        return await this.#startOn(machine, distro);
      } finally {
        this.#watchEmptiness();
      }
    });
  }

  /** Kills a distro; fine when it does not run. */
  stop(guid: string): Promise<void> {
    return this.#inTurn(async () => {
      const found = this.#distros.get(guid);
      if (found !== undefined) await this.#end(found);
    });
  }

  /** Kills all distros and removes the shared part. */
  shutDown(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all([...this.#distros.values()].map((running) => this.#end(running)));
      await this.#endMachine();
    });
  }

  async #startOn(machine: VirtualMachine, distro: FoundDistro): Promise<DistroInstance> {
    const { paths, program, log } = this.#options;
    const instance = await startDistro(distro, {
      paths,
      program,
      machine,
      onLaunch: () => this.#launched(distro.guid),
      onBusyChange: () => this.#busyChanged(distro.guid),
    });
    const timer = new IdleTimer(this.#limits.distroMilliseconds, () => this.#idle(distro.guid));
    const running = { instance, timer, launches: 1 };
    this.#distros.set(distro.guid, running);
    this.#wait(running);
    log("info", "wsl.distro.started", { name: distro.entry.DistributionName });
    instance.ended.then(() => {
      timer.stop();
      if (this.#distros.get(distro.guid) === running) this.#distros.delete(distro.guid);
      log("info", "wsl.distro.ended", { name: distro.entry.DistributionName });
      this.#watchEmptiness();
    });
    return instance;
  }

  #wait({ instance, timer, launches }: Running): void {
    if (instance.isBusy()) timer.stop();
    else timer.restart(launches > 0 ? LAUNCH_MILLISECONDS : 0);
  }

  #launched(guid: string): void {
    const running = this.#distros.get(guid);
    if (running !== undefined && running.launches > 0) running.launches--;
  }

  #busyChanged(guid: string): void {
    const running = this.#distros.get(guid);
    if (running !== undefined) this.#wait(running);
  }

  #idle(guid: string): void {
    this.#inTurn(async () => {
      const running = this.#distros.get(guid);
      if (running === undefined || running.instance.isBusy()) return;
      this.#options.log("info", "wsl.distro.idle", { guid });
      await this.#end(running);
    });
  }

  async #end({ instance, timer }: Running): Promise<void> {
    timer.stop();
    await instance.stop();
    this.#distros.delete(instance.guid);
  }

  async #machineForStart(): Promise<VirtualMachine> {
    this.#machineTimer?.stop();
    if (this.#machine !== null) return this.#machine;
    const { paths, program, log } = this.#options;
    this.#limits = parseIdleLimits(await Deno.readTextFile(paths.settings).catch(() => ""));
    const machine = await startVirtualMachine(paths, program);
    this.#machine = machine;
    this.#machineTimer = new IdleTimer(this.#limits.sharedMilliseconds, () => this.#machineIdle());
    log("info", "wsl.machine.started", { pid: machine.pid });
    machine.ended.then(() => {
      if (this.#machine !== machine) return;
      log("warn", "wsl.machine.lost", { pid: machine.pid });
      this.shutDown().catch(() => {});
    });
    return machine;
  }

  #watchEmptiness(): void {
    if (this.#machine !== null && this.#distros.size === 0) this.#machineTimer?.restart();
  }

  #machineIdle(): void {
    this.#inTurn(async () => {
      if (this.#distros.size === 0) await this.#endMachine();
    });
  }

  async #endMachine(): Promise<void> {
    const machine = this.#machine;
    if (machine === null) return;
    this.#machineTimer?.stop();
    this.#machine = null;
    await machine.stop();
    this.#options.log("info", "wsl.machine.ended", { pid: machine.pid });
    this.#options.onEmpty();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turns.then(action);
    this.#turns = result.catch((error) => {
      this.#options.log("error", "wsl.turn.failed", { reason: String(error) });
    });
    return result;
  }
}
