import type {
  NetworkCheck,
  PacStatus,
  RecentHost,
  TrustedCertificates,
  UpstreamProxy,
} from "../../api/resources/network.ts";
import type { ReportedProblem } from "../../errors/problem_of.ts";
import type { DecideWay } from "../../proxy/way.ts";
import type { ProxyRoom } from "../engine/engine_network.ts";

/** The network of the user's machine, as users see it. */
export interface SeenNetwork {
  readonly ways: DecideWay;
  readonly recentHosts: { list(): RecentHost[] };
  readonly upstreams: { list(): UpstreamProxy[] };
  /** What decides the way of a request now, in words. */
  readonly decidedBy: string;
  /** The PAC file that Windlass evaluates; `null` if it does none. */
  readonly pac: PacStatus | null;
  /** What the engine trusts; `null` until it was read. */
  readonly certificates: TrustedCertificates | null;
  /** What the user should know. */
  warnings(): readonly ReportedProblem[];
  /** @throws {WindlassError} `WL_NETWORK_HOST_INVALID` @throws {unknown} the signal's reason. */
  check(host: string, room: Pick<ProxyRoom, "services">, signal: AbortSignal): Promise<NetworkCheck>;
}
