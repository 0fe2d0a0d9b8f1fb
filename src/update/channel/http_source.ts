import { WindlassError } from "../../errors/windlass_error.ts";
import type { ChannelLimits } from "./channel_limits.ts";
import type { ChannelFile, ChannelSource, OpenFileOptions } from "./channel_source.ts";
import { contentLength, contentRange, isCompressed, isWebPage, validatorOf } from "./http_answer.ts";
import { networkReason } from "../../proxy/network_reason.ts";
import { type HttpRoute, type HttpRoutes, publicAddress } from "./http_routes.ts";
import { PacedReader } from "./paced_reader.ts";
import { waitWithin } from "./wait_within.ts";

/** A file does not exist: 403 is what object stores say when they do not list their files. */
const ABSENT = [403, 404, 410];
const REDIRECTS = [301, 302, 303, 307, 308];
const RANGE_NOT_SATISFIABLE = 416;

/** How to ask a server. */
export interface HttpSourceOptions {
  readonly routes: HttpRoutes;
  readonly userAgent: string;
  readonly limits: ChannelLimits;
}

/** A server, with the URL of the channel folder that it has. */
export class HttpSource implements ChannelSource {
  readonly name: string;
  readonly #base: URL;
  readonly #authorization: string | null;

  constructor(url: URL, private readonly options: HttpSourceOptions) {
    this.#base = new URL(publicAddress(url));
    this.#base.search = this.#base.hash = "";
    if (!this.#base.pathname.endsWith("/")) this.#base.pathname += "/";
    this.name = this.#base.href.replace(/\/$/, "");
    const { username, password } = url;
    this.#authorization = username === "" ? null : basicAuthorization(username, password);
  }

  async open(path: string, options: OpenFileOptions): Promise<ChannelFile | null> {
    const { signal, from } = options;
    const headers = new Headers({
      // Compressed on the way, a file has other offsets and another length.
      "accept-encoding": "identity",
      "cache-control": "no-cache",
      "user-agent": this.options.userAgent,
    });
    if (from !== undefined && from.offset > 0) {
      headers.set("range", `bytes=${from.offset}-`);
      if (from.validator !== undefined) headers.set("if-range", from.validator);
    }
    const { response, url, route } = await this.#follow(new URL(path, this.#base), headers, signal);
    const { status } = response;
    const offset = status === 206 ? contentRange(response.headers.get("content-range"))?.start : 0;
    if (status === 200 || status === 206 && offset !== undefined && offset === from?.offset) {
      return await this.#file(response, { url, route, signal, offset: offset ?? 0 });
    }
    await response.body?.cancel().catch(() => {});
    if (ABSENT.includes(status)) return null;
    // What is there is shorter than what we have, or another part came than was asked for: all of it, then.
    if (from !== undefined && (status === RANGE_NOT_SATISFIABLE || status === 206)) {
      return await this.open(path, { signal });
    }
    throw unreachable(url, route, `it answers with status ${status}`);
  }

  async #follow(start: URL, headers: Headers, signal: AbortSignal) {
    let url = start;
    for (let redirects = 0; redirects <= this.options.limits.redirects; redirects++) {
      const { response, route } = await this.#request(url, headers, signal);
      if (!REDIRECTS.includes(response.status)) return { response, url, route };
      await response.body?.cancel().catch(() => {});
      url = this.#redirected(url, route, response.headers.get("location"));
    }
    throw unreachable(start, null, `it redirects more than ${this.options.limits.redirects} times`);
  }

  #redirected(url: URL, route: HttpRoute, location: string | null): URL {
    const target = location !== null && URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (target === null) throw unreachable(url, route, "it redirects without a valid address");
    target.username = target.password = "";
    if (target.protocol === "https:" || target.protocol === "http:" && url.protocol === "http:") {
      return target;
    }
    throw unreachable(url, route, `it redirects to '${target.protocol}', which is less secure`);
  }

  /** By the first of the ways that leads to an answer. */
  async #request(url: URL, headers: Headers, signal: AbortSignal) {
    const { routes } = this.options;
    const [first, ...others] = await routes.to(url, signal);
    let route = first!;
    for (;;) {
      try {
        return { response: await this.#ask(url, { route, headers, signal }), route };
      } catch (error) {
        const next = others.shift();
        if (signal.aborted || next === undefined) throw error;
        routes.failed(route);
        route = next;
      }
    }
  }

  async #ask(
    url: URL,
    { route, headers, signal }: { route: HttpRoute; headers: Headers; signal: AbortSignal },
  ): Promise<Response> {
    const sent = new Headers(headers);
    if (this.#authorization !== null && url.origin === this.#base.origin) {
      sent.set("authorization", this.#authorization);
    }
    const ended = new AbortController();
    const init = { headers: sent, client: route.client, redirect: "manual", signal: ended.signal } as const;
    const milliseconds = this.options.limits.responseMilliseconds;
    const late = () =>
      new WindlassError(
        "WL_UPDATE_STALLED",
        `Cannot fetch '${publicAddress(url)}': no answer for ${milliseconds / 1000} s`,
      );
    try {
      const answer = fetch(url, init).catch((error) => {
        throw unreachable(url, route, networkReason(error), error);
      });
      return await waitWithin(answer, { milliseconds, signal, late });
    } catch (error) {
      ended.abort();
      throw error;
    }
  }

  async #file(
    response: Response,
    { url, route, signal, offset }: { url: URL; route: HttpRoute; signal: AbortSignal; offset: number },
  ): Promise<ChannelFile> {
    const { headers } = response;
    const reader = response.body?.getReader();
    const next = async () => {
      try {
        return (await reader?.read())?.value ?? null;
      } catch (error) {
        throw unreachable(url, route, networkReason(error), error);
      }
    };
    const paced = new PacedReader(next, { name: publicAddress(url), signal, limits: this.options.limits });
    const end = async () => await reader?.cancel().catch(() => {});
    let first: Uint8Array | null;
    try {
      first = await paced.read();
      if (isCompressed(headers)) {
        throw unreachable(url, route, "the answer is compressed, although that was declined");
      }
      if (isWebPage(headers, first ?? new Uint8Array())) {
        throw unreachable(url, route, "the answer is a web page; this network may require you to sign in");
      }
    } catch (error) {
      await end();
      throw error;
    }
    const rest = contentLength(headers);
    const validator = validatorOf(headers);
    return {
      offset,
      ...(rest === undefined ? {} : { length: offset + rest }),
      ...(validator === undefined ? {} : { validator }),
      async read() {
        const bytes = first ?? await paced.read();
        first = null;
        return bytes;
      },
      [Symbol.asyncDispose]: end,
    };
  }
}

function unreachable(url: URL, route: HttpRoute | null, state: string, cause?: unknown): WindlassError {
  const way = route === null || route.proxy === null ? "" : ` through the proxy '${route.proxy}'`;
  const message = `Cannot reach '${publicAddress(url)}'${way}: ${state}`;
  return new WindlassError("WL_UPDATE_UNREACHABLE", message, cause === undefined ? {} : { cause });
}

function basicAuthorization(username: string, password: string): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${new TextEncoder().encode(pair).toBase64()}`;
}
