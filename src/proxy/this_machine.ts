import { HOST_NAMES } from "../agent/protocol/network_names.ts";
import { isLoopback } from "../platform/addresses.ts";

/** Which hosts stand for the user's machine. A container must not come to more of it than `host.docker.internal` gives. */
const NAMES: ReadonlySet<string> = new Set(["localhost", ...HOST_NAMES]);

/**
 * Whether a host, as {@linkcode Target} has it, is the user's machine by its text alone. Names that resolve to it are
 * found when they are resolved. Pure.
 */
export function isThisMachine(hostname: string): boolean {
  return NAMES.has(hostname) || hostname.endsWith(".localhost") || isLoopback(hostname);
}
