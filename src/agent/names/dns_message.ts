/** Where name servers listen, over UDP and TCP. */
export const DNS_PORT = 53;

/** The first question of a DNS message. */
export interface DnsQuestion {
  /** In lower case, without a dot at the end. A dot inside a label has a backslash ahead. */
  readonly name: string;
  /** 1 is an IPv4 address, 28 an IPv6 one, 255 everything. */
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

/** A question as it was sent. */
export interface AskedQuestion {
  /** The whole message. */
  readonly query: Uint8Array;
  readonly question: DnsQuestion;
}

/** What a client has sent. */
export type DnsQuery =
  | { readonly kind: "question"; readonly question: DnsQuestion }
  /** A query that gets an error as its answer. */
  | { readonly kind: "refused"; readonly code: number }
  /** Not a query: nobody waits for an answer. */
  | { readonly kind: "ignored" };

/** Response codes of RFC 1035 and RFC 2136. */
export const RESPONSE_CODE = {
  formatError: 1,
  serverFailure: 2,
  notImplemented: 4,
  refused: 5,
  notAuthoritative: 9,
} as const;

const HEADER_BYTES = 12;
/** Of a whole name, lengths included. */
const NAME_BYTES = 255;
const LABEL_BYTES = 63;
/** Bytes of type and class after a name. */
const QUESTION_TAIL_BYTES = 4;
const IPV4_TYPE = 1;
const ANY_TYPE = 255;
/** An address record behind a pointer to the name. */
const ADDRESS_RECORD_BYTES = 16;
const RESPONSE = 0x8000;
/** Response, recursion available. What the question had of opcode and recursion desired is added. */
const ANSWER_FLAGS = 0x8080;
const KEPT_FLAGS = 0x7900;
const OPCODE = 0x7800;
const CODE = 0x000f;

/** Reads what a client has sent. Linear in the size of a name, whatever the message contains. Pure. */
export function parseQuery(message: Uint8Array): DnsQuery {
  if (message.length < HEADER_BYTES) return { kind: "ignored" };
  const view = viewOf(message);
  const flags = view.getUint16(2);
  if ((flags & RESPONSE) !== 0) return { kind: "ignored" };
  if ((flags & OPCODE) !== 0) return { kind: "refused", code: RESPONSE_CODE.notImplemented };
  const question = view.getUint16(4) === 1 ? readQuestion(message) : undefined;
  if (question === undefined) return { kind: "refused", code: RESPONSE_CODE.formatError };
  return { kind: "question", question };
}

/** A question holds no compressed name: there is nothing ahead of it to point to. */
function readQuestion(message: Uint8Array): DnsQuestion | undefined {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = message[offset];
    if (length === undefined || length > LABEL_BYTES) return undefined;
    offset++;
    if (length === 0) break;
    if (offset + length - HEADER_BYTES >= NAME_BYTES || offset + length > message.length) return undefined;
    labels.push(String.fromCharCode(...message.subarray(offset, offset + length)).replaceAll(".", "\\."));
    offset += length;
  }
  const end = offset + QUESTION_TAIL_BYTES;
  if (end > message.length) return undefined;
  return { name: labels.join(".").toLowerCase(), type: viewOf(message).getUint16(offset), end };
}

/**
 * The answer to a query for one of our own names: the address if an IPv4 one was asked for, otherwise that the name
 * has no such record. Never that the name does not exist: some resolvers give up the whole name then. Pure.
 */
export function addressAnswer(
  query: Uint8Array,
  question: DnsQuestion,
  address: string,
  secondsToLive: number,
): Uint8Array {
  const hasAnswer = question.type === IPV4_TYPE || question.type === ANY_TYPE;
  const answer = new Uint8Array(question.end + (hasAnswer ? ADDRESS_RECORD_BYTES : 0));
  answer.set(query.subarray(0, question.end));
  const view = viewOf(answer);
  view.setUint16(2, ANSWER_FLAGS | (view.getUint16(2) & KEPT_FLAGS));
  view.setUint16(6, hasAnswer ? 1 : 0);
  view.setUint32(8, 0); // neither authorities nor additions
  if (!hasAnswer) return answer;
  view.setUint16(question.end, 0xc000 | HEADER_BYTES); // the name of the question
  view.setUint16(question.end + 2, IPV4_TYPE);
  view.setUint16(question.end + 4, 1);
  view.setUint32(question.end + 6, secondsToLive);
  view.setUint16(question.end + 10, 4);
  answer.set(address.split(".").map(Number), question.end + 12);
  return answer;
}

/** An error as the answer, with the question if it could be read. Pure. */
export function errorAnswer(query: Uint8Array, code: number, question?: DnsQuestion): Uint8Array {
  const answer = query.slice(0, question?.end ?? HEADER_BYTES);
  const view = viewOf(answer);
  view.setUint16(2, ANSWER_FLAGS | (view.getUint16(2) & KEPT_FLAGS) | code);
  view.setUint16(4, question === undefined ? 0 : 1);
  view.setUint32(6, 0);
  view.setUint16(10, 0);
  return answer;
}

/** The response code of an answer. Pure. */
export function responseCode(answer: Uint8Array): number {
  return answer[3]! & CODE;
}

/**
 * Whether a message answers the query: same id, same question in any case. Servers that refuse a query may leave the
 * question out. Pure.
 */
export function isAnswerTo(message: Uint8Array, { query, question }: AskedQuestion): boolean {
  if (message.length < HEADER_BYTES || message[0] !== query[0] || message[1] !== query[1]) return false;
  const view = viewOf(message);
  if ((view.getUint16(2) & RESPONSE) === 0) return false;
  if (view.getUint16(4) === 0) return responseCode(message) !== 0;
  const answered = readQuestion(message);
  return answered !== undefined && answered.name === question.name && answered.type === question.type;
}

function viewOf(message: Uint8Array): DataView {
  return new DataView(message.buffer, message.byteOffset, message.length);
}
