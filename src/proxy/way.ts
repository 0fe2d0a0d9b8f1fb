/** Which way a request leaves this machine: what every part of the network proxy agrees on. */

/** Where a request is to go. */
export interface Target {
  /** `https` for a tunnel (CONNECT), whatever it carries. */
  readonly scheme: "http" | "https";
  /** A name in lower case without a final dot, or an address; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** A proxy that requests may be passed on to. */
export interface ProxyAddress {
  readonly scheme: "http" | "https" | "socks4" | "socks5";
  /** As in {@linkcode Target}. */
  readonly hostname: string;
  readonly port: number;
  /** Never shown or logged. */
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** One way out. */
export type Way = { readonly kind: "direct" } | { readonly kind: "proxy"; readonly proxy: ProxyAddress };

/** The ways for one request, in the order in which they are tried, and what decided it. */
export interface Decision {
  /** At least one. */
  readonly ways: readonly Way[];
  /** For users: such as "the setting network.proxy" or "the PAC file http://wpad.example.com/proxy.pac". */
  readonly rule: string;
}

/** Decides the way of each request. */
export interface DecideWay {
  /**
   * Resolves in a bounded time, whatever the machine's settings contain. What is this machine by its text never goes to
   * a proxy.
   *
   * @throws {unknown} the reason of `signal`, and nothing else.
   */
  decide(target: Target, signal: AbortSignal): Promise<Decision>;
}

/** A way for users. Pure. */
export function wayText(way: Way): string {
  return way.kind === "direct" ? "direct" : proxyText(way.proxy);
}

/** The address that a PAC file is shown: without a path, as browsers do it, and without the usual port. Pure. */
export function urlOf({ scheme, hostname, port }: Target): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const isUsual = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${host}${isUsual ? "" : `:${port}`}/`;
}

/** A proxy as users write it, without its credentials: `http://proxy.example.com:8080`. Pure. */
export function proxyText({ scheme, hostname, port }: ProxyAddress): string {
  return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
