import type { ProxyClient } from "../../agent/protocol/stream_target.ts";
import { ENGINE_CLIENT } from "../../agent/protocol/stream_target.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { connectLimit, joined, triesNextWay } from "../fail_over.ts";
import type { RecentHosts } from "../recent_hosts.ts";
import { isThisMachine } from "../this_machine.ts";
import type { Peers } from "../upstream/peers.ts";
import { ProxyDown } from "../upstream/proxy_down.ts";
import type { UpstreamBook } from "../upstream/upstream_book.ts";
import type { DialOptions } from "../upstream/dialer.ts";
import { type DecideWay, type Decision, type Target, type Way, wayText } from "../way.ts";

/** What decides and remembers. */
export interface Ways {
  readonly ways: DecideWay;
  readonly upstreams: UpstreamBook;
  readonly hosts: RecentHosts;
  /** The containers that a port of this machine leads to: one of them may be the proxy. */
  readonly containersAt: (port: number) => readonly string[];
  /** Other containers; without them, no name is one of a container. */
  readonly peers?: Pick<Peers, "find"> | undefined;
}

/** A request, as the ways see it. */
export interface WayOptions {
  readonly client: ProxyClient;
  readonly signal: AbortSignal;
  /** When the request came, by `performance.now()`. */
  readonly since: number;
}

/** No way was left; with the decision, for the page. */
export class NoWay extends Error {
  override readonly name = "NoWay";

  constructor(override readonly cause: WindlassError, readonly rule: string) {
    super(cause.message, { cause });
  }
}

/** What was opened, and by which way. */
export interface OpenedWay<Opened> {
  readonly opened: Opened;
  readonly way: Way;
  readonly rule: string;
}

const DIRECT: Way = { kind: "direct" };

/** Docker's names for containers mean nothing on the machine, and a proxy would not know them. */
const CONTAINER: Decision = {
  ways: [DIRECT],
  rule: "the host is a container of the same network",
};

/**
 * Opens the target by the first of its ways that works, and remembers how that went. A proxy that refuses a target has
 * answered: the next one is tried only if this one cannot be used at all.
 *
 * @throws {NoWay} @throws {unknown} the signal's reason.
 */
export async function throughWays<Opened>(
  target: Target,
  { ways, upstreams, hosts, peers, containersAt }: Ways,
  { client, signal, since }: WayOptions,
  open: (way: Way, options: DialOptions) => Promise<Opened>,
): Promise<OpenedWay<Opened>> {
  const peer = mayBePeer(target, client) ? await peers?.find(client, target.hostname) : undefined;
  const decision = peer !== undefined ? CONTAINER : await ways.decide(target, signal);
  const { rule } = decision;
  const ordered = upstreams.ordered(waysFor(client, decision, containersAt));
  const note = (way: Way, failure?: WindlassError) =>
    hosts.note({
      host: target.hostname,
      port: target.port,
      client: client === ENGINE_CLIENT ? "engine" : "container",
      way: wayText(way),
      rule,
      // Whether a container takes the connection shows only when it answers.
      outcome: failure?.message ?? (peer === undefined ? "connected" : "led to the container"),
      reached: failure === undefined,
      milliseconds: Math.round(performance.now() - since),
    });
  const failures: WindlassError[] = [];
  for (const [index, way] of ordered.entries()) {
    const isLast = index === ordered.length - 1;
    const milliseconds = connectLimit(isLast);
    try {
      const opened = await open(way, { client, milliseconds, signal, peer });
      if (way.kind === "proxy") upstreams.noteWorking(way.proxy);
      note(way);
      return { opened, way, rule };
    } catch (error) {
      if (!isWindlassError(error)) throw error;
      const { proxy } = way.kind === "proxy" ? way : { proxy: undefined };
      // A control port says nothing of the proxy that it was to be reached by.
      if (proxy !== undefined && error.code !== "WL_SERVICE_FORBIDDEN") {
        upstreams.noteFailure(proxy, error, error instanceof ProxyDown);
      }
      failures.push(error);
      if (triesNextWay(error) && !isLast) continue;
      const failure = joined(failures);
      note(way, failure);
      throw new NoWay(failure, rule);
    }
  }
  throw new TypeError("a decision has at least one way");
}

/** The ways of a decision without those that lead back to the client: a proxy in a container gets out directly. Pure. */
function waysFor(
  client: ProxyClient,
  { ways }: Decision,
  containersAt: Ways["containersAt"],
): readonly Way[] {
  const others = ways.filter((way) =>
    way.kind === "direct" || !isThisMachine(way.proxy.hostname) ||
    !containersAt(way.proxy.port).includes(client)
  );
  return others.length > 0 ? others : [DIRECT];
}

/** Names with a dot are looked up where everyone else does: a container must not stand in for a host of the internet. */
function mayBePeer({ hostname }: Target, client: ProxyClient): boolean {
  return client !== ENGINE_CLIENT && !isThisMachine(hostname) && !/[.:]/.test(hostname);
}
