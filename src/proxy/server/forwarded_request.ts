import { asksForUpgrade, fieldsOfRequest } from "../http/forwarded_fields.ts";
import type { MessageBody } from "../http/message_body.ts";
import { headBytes, type RequestHead } from "../http/message_head.ts";
import type { Wish } from "../http/request_target.ts";
import { type ProxyAddress, type Way, wayText } from "../way.ts";
import type { ServerConnection } from "./exchange.ts";

export type ForwardWish = Extract<Wish, { readonly kind: "forward" }>;

/** A request that is being forwarded. */
export interface Forwarded {
  readonly head: RequestHead;
  readonly wish: ForwardWish;
  readonly body: MessageBody;
  readonly signal: AbortSignal;
}

/** The proxy of a way that gets requests with whole addresses. Pure. */
export function httpProxy(way: Way): ProxyAddress | undefined {
  if (way.kind === "direct") return undefined;
  return way.proxy.scheme === "http" || way.proxy.scheme === "https" ? way.proxy : undefined;
}

/**
 * What a connection of this way may be used for again: requests for the same target, though a proxy would take others.
 * Each target is judged when a connection is opened for it. Pure.
 */
export function keyOf(way: Way, { authority }: ForwardWish): string {
  return `${wayText(way)} ${authority}`;
}

/** The head as the server or proxy gets it. Pure. @param isAhead For a request ahead of this one, without its body. */
export function requestHead(
  { head, wish, body }: Forwarded,
  { method, authorization, server, isAhead }: {
    readonly method: string;
    readonly authorization: string | undefined;
    readonly server: ServerConnection;
    readonly isAhead: boolean;
  },
): Uint8Array {
  const { authority, path } = wish;
  const target = server.proxy === undefined ? path : `http://${authority}${path}`;
  const upgrades = asksForUpgrade(head);
  const fields = fieldsOfRequest(head, {
    authority,
    framing: isAhead ? 0 : body.framing,
    upgrades: upgrades && !isAhead,
    authorization,
  });
  const sent = isAhead
    ? fields.filter(([name]) => !["expect", "content-length"].includes(name.toLowerCase()))
    : fields;
  // To HTTP/1.0 no server answers in chunks.
  return headBytes(`${method} ${target} HTTP/1.${head.minor}`, sent);
}
