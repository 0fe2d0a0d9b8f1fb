import type { Framing } from "./message_body.ts";
import { type AnswerHead, type Field, membersOf, type RequestHead } from "./message_head.ts";

/** What belongs to one connection, or is written for each. */
const OWN_FIELDS = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);
/** What no `Connection` field can take away: the request would mean something else. */
const KEPT_FIELDS = new Set(["host", "expect", "cache-control", "authorization", "trailer"]);

/** The only protocol that a connection may be turned into: a request in any other would escape the proxy's judgement. */
const UPGRADE = "websocket";

/** Whether a request asks for a WebSocket. Pure. */
export function asksForUpgrade({ minor, fields }: RequestHead): boolean {
  return minor === 1 && membersOf(fields, "connection").includes("upgrade") &&
    membersOf(fields, "upgrade").join() === UPGRADE;
}

export interface ForwardedRequest {
  readonly authority: string;
  readonly framing: Framing;
  readonly upgrades: boolean;
  /** The value of `Proxy-Authorization`, if a proxy gets one. */
  readonly authorization: string | undefined;
}

/** The fields of a request as it is forwarded. Pure. */
export function fieldsOfRequest(head: RequestHead, options: ForwardedRequest): Field[] {
  const { authority, framing, upgrades, authorization } = options;
  const fields: Field[] = [["Host", authority]];
  for (const field of endToEnd(head.fields)) if (field[0].toLowerCase() !== "host") fields.push(field);
  if (framing === 0) fields.push(...lengthFields(head.fields));
  else fields.push(...framingFields(framing));
  if (authorization !== undefined) fields.push(["Proxy-Authorization", authorization]);
  if (upgrades) fields.push(["Connection", "Upgrade"], ["Upgrade", UPGRADE]);
  else fields.push(["Connection", "keep-alive"]);
  return fields;
}

/** The fields of an answer as it is forwarded. Pure. @param keeps Whether the client's connection lives on. */
export function fieldsOfAnswer(
  head: AnswerHead,
  { framing, keeps }: { readonly framing: Framing; readonly keeps: boolean },
): Field[] {
  if (head.status === 101) return [...endToEnd(head.fields), ["Connection", "Upgrade"], ["Upgrade", UPGRADE]];
  const fields = endToEnd(head.fields);
  // An answer without a body may say how long one would be.
  // Some clients wait for a body that a 204 cannot have.
  if (framing !== 0) fields.push(...framingFields(framing));
  else if (head.status !== 204) fields.push(...lengthFields(head.fields));
  if (head.status >= 200) fields.push(["Connection", keeps ? "keep-alive" : "close"]);
  return fields;
}

function lengthFields(fields: readonly Field[]): Field[] {
  return fields.filter(([name]) => name.toLowerCase() === "content-length").slice(0, 1);
}

function framingFields(framing: Framing): Field[] {
  if (framing === "chunked") return [["Transfer-Encoding", "chunked"]];
  return framing === "close" || framing === 0 ? [] : [["Content-Length", String(framing)]];
}

function endToEnd(fields: readonly Field[]): Field[] {
  const named = new Set(membersOf(fields, "connection"));
  for (const name of KEPT_FIELDS) named.delete(name);
  return fields.filter(([name]) => {
    const lowerCase = name.toLowerCase();
    return !OWN_FIELDS.has(lowerCase) && !named.has(lowerCase);
  });
}
