/** Requests that go past every proxy which the environment names: what they carry is for this machine only. */
export interface DirectHttp extends Disposable {
  fetch(url: URL, init: RequestInit): Promise<Response>;
}

/** What is used of Deno where there is one; this runs on Node and in browsers too, and names no global of Deno. */
interface DenoHttp {
  createHttpClient(options: {
    proxy: { transport: "tcp"; hostname: string; port: number };
  }): Disposable;
}

/** Opens nothing yet. Node and browsers send what is for this machine directly already. */
export function openDirectHttp(): DirectHttp {
  const deno = (globalThis as { Deno?: Partial<DenoHttp> }).Deno;
  if (deno?.createHttpClient === undefined) {
    return plainHttp((url, init) => fetch(url, init));
  }
  return new DenoDirectHttp(deno as DenoHttp);
}

/** Requests as the given function sends them. */
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
