import { WindlassError } from "../errors/windlass_error.ts";
import { PROXY_LIMITS } from "./proxy_limits.ts";

/** Whether the next way is tried after a failure. A proxy that refuses a target has answered for all of them. Pure. */
export function triesNextWay({ code }: WindlassError): boolean {
  return code === "WL_PROXY_UNREACHABLE" || code === "WL_PROXY_TARGET_UNREACHABLE";
}

/** How many milliseconds a connection by a way may take. Pure. */
export function connectLimit(isLast: boolean): number {
  return isLast ? PROXY_LIMITS.connectMilliseconds : PROXY_LIMITS.failOverMilliseconds;
}

/** One failure for all ways that were tried, at least one: the code and remedy of the first, and what each of them says. Pure. */
export function joined(failures: readonly WindlassError[]): WindlassError {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first!;
  const message = failures.map((failure, index) =>
    index === 0 ? failure.message : failure.message.replace(/^Cannot/, "cannot")
  ).join("; ");
  return new WindlassError(first.code, message, { cause: first, remedy: first.remedy });
}
