import { errorText } from "../../errors/error_text.ts";
import { isWindlassError, WindlassError } from "../../errors/windlass_error.ts";
import { connectionDuplex } from "../../streams/connection_duplex.ts";
import type { Duplex } from "../../streams/duplex.ts";
import { ByteInput } from "../http/byte_input.ts";
import { authorityOf } from "../http/request_target.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";
import type { OpenSignIn } from "../sign_in/sign_in.ts";
import { type ProxyAddress, proxyText, type Target, type Way } from "../way.ts";
import type { Dialer, DialOptions, TcpConnection } from "./dialer.ts";
import { withFirstBytes } from "./first_bytes.ts";
import { openHttpTunnel, silent, unusable } from "./http_tunnel.ts";
import { inTime, whileOpen } from "./in_time.ts";
import { ProxyDown } from "./proxy_down.ts";
import { askSocks4, askSocks5, SocksRefusal } from "./socks.ts";

export interface WayOpenerOptions {
  readonly dialer: Dialer;
  readonly openSignIn: OpenSignIn;
  /** For proxies that are spoken to by TLS; each a PEM. */
  readonly trustedCertificates: () => Promise<readonly string[]>;
}

export interface OpenOptions extends DialOptions {
  readonly userAgent?: string | undefined;
}

/** Opens the connection for a target by the way that was decided. */
export class WayOpener {
  readonly #options: WayOpenerOptions;

  constructor(options: WayOpenerOptions) {
    this.#options = options;
  }

  /**
   * A stream whose other end is the target.
   *
   * @throws {WindlassError} `WL_PROXY_…` or `WL_SERVICE_…`: a sentence for the user. @throws {unknown} the signal's reason.
   */
  async tunnel(target: Target, way: Way, options: OpenOptions): Promise<Duplex> {
    if (way.kind === "direct") return await this.#options.dialer.direct(target, options);
    const { proxy } = way;
    const connect = () => this.upstream(proxy, target, options);
    switch (proxy.scheme) {
      case "http":
      case "https": {
        using signIn = this.#options.openSignIn(proxy);
        const { userAgent, signal } = options;
        return await openHttpTunnel(target, { proxy, connect, signIn, userAgent, signal });
      }
      case "socks4":
      case "socks5":
        return await this.#socks(await connect(), { target, proxy, signal: options.signal });
    }
  }

  /**
   * A connection to the proxy itself, for requests to `target`.
   *
   * @throws {ProxyDown} @throws {WindlassError} `WL_SERVICE_FORBIDDEN`. @throws {unknown} the signal's reason.
   */
  async upstream(proxy: ProxyAddress, target: Target, options: DialOptions): Promise<Duplex> {
    const connection = await this.#options.dialer.upstream(proxy, options);
    try {
      await this.#options.dialer.judgeThrough(connection, target, options);
    } catch (error) {
      connection.close();
      throw error;
    }
    return proxy.scheme === "https"
      ? await this.#secured(connection, proxy, options)
      : connectionDuplex(connection);
  }

  /** TLS over a connection, which it takes over. */
  async #secured(connection: TcpConnection, proxy: ProxyAddress, options: DialOptions): Promise<Duplex> {
    const { hostname } = proxy;
    const { milliseconds, signal } = options;
    let opened = connectionDuplex(connection);
    try {
      const secured = await Deno.startTls(connection as Deno.TcpConn, {
        hostname,
        caCerts: [...await this.#options.trustedCertificates()],
        alpnProtocols: ["http/1.1"],
      });
      opened = connectionDuplex(secured);
      const limit = { milliseconds, signal, late: () => new ProxyDown(silent(proxy, milliseconds).message) };
      await inTime(limit, (signal) => whileOpen(opened, signal, () => secured.handshake()));
      return opened;
    } catch (error) {
      opened.close();
      if (signal.aborted || isWindlassError(error)) throw error;
      const state = `TLS with it fails (${errorText(error)})`;
      throw new ProxyDown(`Cannot use the proxy ${proxyText(proxy)}: ${state}`, error);
    }
  }

  async #socks(
    connection: Duplex,
    { target, proxy, signal }: {
      readonly target: Target;
      readonly proxy: ProxyAddress;
      readonly signal: AbortSignal;
    },
  ): Promise<Duplex> {
    const input = new ByteInput(connection);
    const ask = proxy.scheme === "socks4" ? askSocks4 : askSocks5;
    const { credentials } = proxy;
    const work = async (signal: AbortSignal) =>
      await whileOpen(connection, signal, () => ask(connection, input, { target, credentials }));
    const { answerMilliseconds: milliseconds } = PROXY_LIMITS;
    try {
      await inTime({ milliseconds, signal, late: () => silent(proxy, milliseconds) }, work);
      return withFirstBytes(connection, input.peek());
    } catch (error) {
      connection.close();
      if (signal.aborted || isWindlassError(error)) throw error;
      throw error instanceof SocksRefusal ? socksFailure(error, target, proxy) : unusable(proxy, error);
    }
  }
}

function socksFailure(refusal: SocksRefusal, target: Target, proxy: ProxyAddress): WindlassError {
  const { kind, message } = refusal;
  if (kind === "refused") {
    return new WindlassError(
      "WL_PROXY_REFUSED",
      `Cannot connect to ${authorityOf(target)}: the proxy ${proxyText(proxy)} says that ${message}`,
    );
  }
  const code = kind === "sign-in" ? "WL_PROXY_CREDENTIALS_NEEDED" : "WL_PROXY_UNREACHABLE";
  return new WindlassError(code, `Cannot use the proxy ${proxyText(proxy)}: it ${message}`);
}
