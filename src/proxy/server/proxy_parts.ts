import type { Log } from "../../logging/log.ts";
import type { OpenSignIn } from "../sign_in/sign_in.ts";
import type { WayOpener } from "../upstream/way_opener.ts";
import type { Ways } from "./through_ways.ts";

/** What every connection to the network proxy uses. */
export interface ProxyParts extends Ways {
  readonly opener: Pick<WayOpener, "tunnel" | "upstream">;
  readonly openSignIn: OpenSignIn;
  readonly log: Log;
  /** Replace those of `PROXY_LIMITS`; for tests. */
  readonly limits?: { readonly headMilliseconds: number; readonly idleMilliseconds: number };
}
