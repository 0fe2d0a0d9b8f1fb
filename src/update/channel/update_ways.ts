import { WindlassError } from "../../errors/windlass_error.ts";
import type { DecideWay, Way } from "../../proxy/way.ts";
import { withHiddenPassword } from "../../proxy/ways/proxy_setting.ts";
import { parseProxyUrl } from "../../proxy/ways/proxy_url.ts";

/**
 * The ways that a value of `update.proxy` means.
 *
 * @param usual What `system` means.
 * @throws {WindlassError} `WL_UPDATE_ADDRESS_INVALID` when it is neither `system`, `none` nor the URL of a proxy.
 */
export function updateWays(proxy: string, usual: DecideWay): DecideWay {
  if (proxy === "system") return usual;
  if (proxy === "none") return always({ kind: "direct" });
  const address = parseProxyUrl(proxy);
  if (typeof address !== "string") return always({ kind: "proxy", proxy: address });
  throw new WindlassError(
    "WL_UPDATE_ADDRESS_INVALID",
    `Cannot use the proxy '${withHiddenPassword(proxy)}': ${address}`,
  );
}

function always(way: Way): DecideWay {
  return { decide: () => Promise.resolve({ ways: [way], rule: "the setting update.proxy" }) };
}
