import { type ProxyAddress, proxyText } from "./way.ts";

/** All that the runtime looks at when it makes a client, in every spelling. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);

/** How a client of the runtime's `fetch()` connects. */
export interface ClientForWayOptions {
  /** `undefined` to connect directly. */
  readonly proxy?: ProxyAddress | undefined;
  /** Trusted besides those of the runtime, each as PEM. */
  readonly certificates: readonly string[];
}

/** A client for `fetch()` that goes one way, whatever the environment says. To be closed. */
export function clientForWay({ proxy, certificates }: ClientForWayOptions): Deno.HttpClient {
  const caCerts = [...certificates];
  if (proxy === undefined) return withoutProxyVariables(() => Deno.createHttpClient({ caCerts }));
  const { credentials } = proxy;
  // The name of a target is passed on to the proxy, which may know it when this machine does not.
  const url = proxyText(proxy).replace(/^socks5:/, "socks5h:");
  const way = { url, ...(credentials === undefined ? {} : { basicAuth: credentials }) };
  return withoutProxyVariables(() => Deno.createHttpClient({ caCerts, proxy: way }));
}

/**
 * Makes a client with a fixed way. The runtime reads the variables when it makes one, and lets NO_PROXY win over a
 * proxy that is given; which address takes which way has been decided already.
 */
function withoutProxyVariables<Value>(make: () => Value): Value {
  const saved = PROXY_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  for (const { name } of saved) Deno.env.delete(name);
  try {
    return make();
  } finally {
    for (const { name, value } of saved) Deno.env.set(name, value);
  }
}
