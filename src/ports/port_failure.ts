import { errorText } from "../errors/error_text.ts";
import { WindlassError } from "../errors/windlass_error.ts";
import { endpoint } from "../platform/addresses.ts";
import type { PortHolder } from "../platform/port_holder.ts";
import type { PortProtocol } from "./port_request.ts";

/** A port that could not be opened. */
export interface FailedPort {
  readonly protocol: PortProtocol;
  readonly address: string;
  readonly port: number;
}

/** Ports below this are root's alone on Linux, unless the system says otherwise. */
const FIRST_FREE_PORT = 1024;

/**
 * Why a port cannot be published, in words for the person who asked for it. Pure.
 *
 * @param error What listening failed with.
 * @param holder Who has the port, as far as that could be found out.
 */
export function portFailure(
  failed: FailedPort,
  error: unknown,
  holder: PortHolder | undefined,
): WindlassError {
  const action = `Cannot publish ${endpoint(failed.address, failed.port)}/${failed.protocol}`;
  const options = { cause: error };
  if (holder?.kind === "reserved") {
    return new WindlassError(
      "WL_PORT_RESERVED",
      `${action}: Windows has reserved the ports ${holder.first} to ${holder.last}`,
      options,
    );
  }
  if (error instanceof Deno.errors.AddrInUse || holder?.kind === "process") {
    return new WindlassError("WL_PORT_BUSY", `${action}: ${holderText(holder)}`, options);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const state = failed.port < FIRST_FREE_PORT
      ? "this user may not listen on ports below 1024"
      : "access is denied";
    return new WindlassError("WL_PORT_DENIED", `${action}: ${state}`, options);
  }
  if (error instanceof Deno.errors.AddrNotAvailable || hasNoSuchFamily(error)) {
    return new WindlassError(
      "WL_PORT_ADDRESS",
      `${action}: this machine has no address ${failed.address}`,
      options,
    );
  }
  const state = errorText(error);
  return new WindlassError("WL_PORT_BUSY", `${action}: ${state}`, options);
}

/** A machine without IPv6 has none of its addresses: EAFNOSUPPORT, WSAEAFNOSUPPORT. */
function hasNoSuchFamily(error: unknown): boolean {
  return error instanceof Error && /os error (97|10047)\b|EAFNOSUPPORT/.test(error.message);
}

function holderText(holder: PortHolder | undefined): string {
  if (holder?.kind !== "process") return "another program holds the port";
  const { name, processId, user } = holder;
  if (processId === Deno.pid) return "Windlass itself uses the port";
  if (processId === undefined) return `a program of ${user ?? "another user"} holds the port`;
  return name === undefined
    ? `the program with process id ${processId} holds the port`
    : `'${name}' (process id ${processId}) holds the port`;
}
