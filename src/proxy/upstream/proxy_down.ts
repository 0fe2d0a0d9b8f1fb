import { WindlassError } from "../../errors/windlass_error.ts";

/**
 * The proxy itself cannot be connected to, whatever the target is: `WL_PROXY_UNREACHABLE` that makes other ways better
 * for a while. What goes wrong after that may be the target's doing, and must not cost others their proxy.
 */
export class ProxyDown extends WindlassError {
  /** @param cause What failed, if it says more than the message. */
  constructor(message: string, cause?: unknown) {
    super("WL_PROXY_UNREACHABLE", message, cause === undefined ? {} : { cause });
  }
}
