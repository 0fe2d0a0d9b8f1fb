/** Where ports are published for which no address was asked: on all of them, or on this machine alone. */
export type DefaultAddress = "all" | "127.0.0.1";

/**
 * The address to listen on for the one that dockerd names. It names `0.0.0.0` and `::` for a port without an address;
 * whether somebody wrote these is not known any more, so the setting counts for both. Pure.
 */
export function bindAddress(asked: string, defaultAddress: DefaultAddress): string {
  if (defaultAddress === "all") return asked;
  switch (asked) {
    case "0.0.0.0":
      return "127.0.0.1";
    case "::":
      return "::1";
    default:
      return asked;
  }
}
