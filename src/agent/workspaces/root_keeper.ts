import { errorText } from "../../errors/error_text.ts";
import { WindlassError } from "../../errors/windlass_error.ts";
import type { Log } from "../../logging/log.ts";
import { upstreamState } from "../../relay/upstream.ts";
import { aborted, sleep } from "../../timing/sleep.ts";
import { WORKSPACE_LIMITS } from "./workspace_limits.ts";

/** The file tree of a workspace that the engine has. */
export interface ReceivedRoot {
  /** Resolves when the workspace does not hold it any more: the distro was stopped. Never rejects. */
  readonly ended: Promise<void>;
  /** Lets the distro stop. Repeating it does nothing. */
  release(): void;
}

/** What a keeper of roots works with; replaced in tests. */
export interface RootKeeperOptions {
  /** Has the host start the distro, and mounts its file tree in the engine. Rejects with why it cannot. */
  readonly receive: (workspace: string, signal: AbortSignal) => Promise<ReceivedRoot>;
  /** Takes the mount away; containers keep what they have of it. */
  readonly unmount: (workspace: string) => Promise<void>;
  /** The workspaces whose files some container has that runs or is about to. Rejects while that is not known. */
  readonly findNeeded: (signal: AbortSignal) => Promise<ReadonlySet<string>>;
  readonly log: Log;
  readonly sleep?: typeof sleep;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface KeptRoot {
  readonly received: ReceivedRoot;
  /** Until when it stays without a container. */
  keptUntil: number;
}

/**
 * Has the file trees of workspaces in the engine for as long as they are needed: from the first lookup of a path until no
 * container has any of it. Each tree is attached or detached by one at a time; no workspace waits for another.
 */
export class RootKeeper {
  readonly #options: RootKeeperOptions;
  readonly #sleep: typeof sleep;
  readonly #now: () => number;
  readonly #roots = new Map<string, KeptRoot>();
  readonly #attaching = new Map<string, Promise<void>>();
  readonly #detaching = new Map<string, Promise<void>>();
  readonly #end = new AbortController();
  #needed: ReadonlySet<string> = new Set();
  #watching: Promise<void> | undefined;

  constructor(options: RootKeeperOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? sleep;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The attached ones that a container needs, as of the last check. */
  get needed(): string[] {
    return [...this.#roots.keys()].filter((name) => this.#needed.has(name));
  }

  /**
   * Attaches the tree of a workspace, unless that is done, and keeps it for a while. One that is being attached is
   * waited for; the signal ends the wait, not the work.
   *
   * @throws {WindlassError} `WL_WORKSPACE_FAILED`; the signal's reason.
   */
  async attach(name: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const root = this.#roots.get(name);
    if (root !== undefined) return this.#keep(root);
    let attaching = this.#attaching.get(name);
    if (attaching === undefined) {
      attaching = this.#attachNow(name).finally(() => this.#attaching.delete(name));
      this.#attaching.set(name, attaching);
    }
    const abandoned = new AbortController();
    try {
      const gaveUp = aborted(AbortSignal.any([signal, abandoned.signal])).then(() => signal.throwIfAborted());
      await Promise.race([attaching, gaveUp]);
    } finally {
      abandoned.abort();
    }
  }

  /** Detaches it and attaches it again: what was mounted in the workspace meanwhile is then part of it. Throws as `attach()`. */
  async renew(name: string, signal: AbortSignal): Promise<void> {
    const root = this.#roots.get(name);
    if (root !== undefined) await this.#detach(name, root);
    await this.attach(name, signal);
  }

  /**
   * Detaches what no container needs. Never rejects.
   *
   * @param atOnce Whether what was asked for a moment ago is detached as well.
   */
  async check(atOnce = false): Promise<void> {
    const { findNeeded, log } = this.#options;
    try {
      const limit = AbortSignal.timeout(WORKSPACE_LIMITS.describeMilliseconds);
      this.#needed = await findNeeded(AbortSignal.any([limit, this.#end.signal]));
    } catch (error) {
      return log("debug", "agent.roots.use_unknown", { reason: errorText(error) });
    }
    const idle = [...this.#roots].filter(([name, { keptUntil }]) =>
      !this.#needed.has(name) && (atOnce || this.#now() >= keptUntil)
    );
    await Promise.all(idle.map(([name, root]) => this.#detach(name, root)));
  }

  /** Detaches all, and attaches none any more. Never rejects. */
  async close(): Promise<void> {
    this.#end.abort();
    await Promise.allSettled(this.#attaching.values());
    await Promise.all([...this.#roots].map(([name, root]) => this.#detach(name, root)));
    await Promise.all(this.#detaching.values());
    await this.#watching;
  }

  #keep(root: KeptRoot): void {
    root.keptUntil = this.#now() + WORKSPACE_LIMITS.keepMilliseconds;
  }

  async #attachNow(name: string): Promise<void> {
    await this.#detaching.get(name);
    const { log } = this.#options;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(lateError()), WORKSPACE_LIMITS.attachMilliseconds);
    let received: ReceivedRoot;
    try {
      this.#end.signal.throwIfAborted();
      received = await this.#options.receive(name, AbortSignal.any([limit.signal, this.#end.signal]));
    } catch (error) {
      const state = this.#end.signal.aborted ? "the engine is stopping" : upstreamState(error);
      log("warn", "agent.root.failed", { workspace: name, reason: state });
      throw new WindlassError(
        "WL_WORKSPACE_FAILED",
        `Cannot reach the files of the distro '${name}': ${state}`,
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
    log("info", "agent.root.attached", { workspace: name });
    const root: KeptRoot = { received, keptUntil: 0 };
    this.#keep(root);
    this.#roots.set(name, root);
    received.ended.then(() => {
      // A container that is started from now on gets the files of a distro that runs.
      if (this.#roots.get(name) === root) void this.#detach(name, root);
    });
    this.#watching ??= this.#watch();
  }

  /** Checks from time to time as long as there is anything to detach. */
  async #watch(): Promise<void> {
    while (this.#roots.size > 0 && !this.#end.signal.aborted) {
      await this.#sleep(WORKSPACE_LIMITS.checkMilliseconds, this.#end.signal);
      if (!this.#end.signal.aborted) await this.check();
    }
    // In the same step as the last check: a root that is attached next begins another watch.
    this.#watching = undefined;
  }

  /** Never rejects. */
  async #detach(name: string, root: KeptRoot): Promise<void> {
    if (this.#roots.get(name) !== root) return await this.#detaching.get(name);
    this.#roots.delete(name);
    const { unmount, log } = this.#options;
    const detach = async () => {
      try {
        await unmount(name);
        log("info", "agent.root.detached", { workspace: name });
      } catch (error) {
        log("warn", "agent.root.not_detached", { workspace: name, reason: errorText(error) });
      } finally {
        root.received.release();
        this.#detaching.delete(name);
      }
    };
    const detaching = detach();
    this.#detaching.set(name, detaching);
    await detaching;
  }
}

function lateError(): Error {
  return new Deno.errors.TimedOut(`it was not there within ${WORKSPACE_LIMITS.attachMilliseconds / 1000} s`);
}
