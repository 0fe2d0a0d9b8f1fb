/** Sends requests that bypass every configured proxy: their contents are for this machine only. */
export interface DirectHttp extends Disposable {
  fetch(url: URL, init: RequestInit): Promise<Response>;
}

/**
 * The part of Deno that is used, if present. This file also runs on Node and in browsers, so it uses no Deno global.
 */
interface DenoHttp {
  createHttpClient(options: {
    proxy: { transport: "tcp"; hostname: string; port: number };
  }): Disposable;
}

/** Connects to nothing yet. Node and browsers bypass proxies for this machine by default. */
export function openDirectHttp(): DirectHttp {
  const deno = (globalThis as { Deno?: Partial<DenoHttp> }).Deno;
  if (deno?.createHttpClient === undefined) {
    return plainHttp((url, init) => fetch(url, init));
  }
  return new DenoDirectHttp(deno as DenoHttp);
}

/** Sends requests with the given function. */
export function plainHttp(fetch: DirectHttp["fetch"]): DirectHttp {
  return { fetch, [Symbol.dispose]() {} };
}

class DenoDirectHttp implements DirectHttp {
  #open: { readonly origin: string; readonly client: Disposable } | undefined;

  constructor(private readonly deno: DenoHttp) {}

  fetch(url: URL, init: RequestInit): Promise<Response> {
    return fetch(url, { ...init, client: this.#clientOf(url) } as RequestInit);
  }

  #clientOf({ origin, hostname, port }: URL): Disposable {
    if (this.#open?.origin === origin) return this.#open.client;
    this[Symbol.dispose]();
    const client = this.deno.createHttpClient({ proxy: { transport: "tcp", hostname, port: Number(port) } });
    this.#open = { origin, client };
    return client;
  }

  [Symbol.dispose](): void {
    this.#open?.client[Symbol.dispose]();
    this.#open = undefined;
  }
}
