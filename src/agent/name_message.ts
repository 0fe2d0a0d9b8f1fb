/** The first question of a DNS message. */
export interface NameQuestion {
  /** In lower case, without a dot at the end. */
  readonly name: string;
  /** 1 is an IPv4 address, 28 an IPv6 one. */
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

const HEADER_BYTES = 12;
const IPV4_TYPE = 1;
/** Response, recursion available; what the question had of recursion desired is added. */
const ANSWER_FLAGS = 0x8080;
const RECURSION_DESIRED = 0x0100;
const SERVER_FAILURE = 2;

/** Reads the question of a query; `undefined` for what is none, or has several. Pure. */
export function parseQuestion(message: Uint8Array): NameQuestion | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const isQuery = (view.getUint16(2) & 0xf800) === 0;
  if (!isQuery || view.getUint16(4) !== 1) return undefined;
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = message[offset];
    if (length === undefined || length > 63 || offset + length + 5 > message.length) return undefined;
    offset++;
    if (length === 0) break;
    labels.push(String.fromCharCode(...message.subarray(offset, offset + length)));
    offset += length;
  }
  return { name: labels.join(".").toLowerCase(), type: view.getUint16(offset), end: offset + 4 };
}

/**
 * The answer to a query for one of our own names: the address if an IPv4 one was asked for, else that there is none of
 * that kind. Pure.
 */
export function addressAnswer(
  query: Uint8Array,
  question: NameQuestion,
  address: string,
  secondsToLive: number,
): Uint8Array {
  const hasAnswer = question.type === IPV4_TYPE;
  const answer = new Uint8Array(question.end + (hasAnswer ? 16 : 0));
  answer.set(query.subarray(0, question.end));
  const view = new DataView(answer.buffer);
  view.setUint16(2, ANSWER_FLAGS | (view.getUint16(2) & RECURSION_DESIRED));
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

/** The answer that nobody could be asked. Pure. */
export function failureAnswer(query: Uint8Array, question: NameQuestion): Uint8Array {
  const answer = query.slice(0, question.end);
  const view = new DataView(answer.buffer);
  view.setUint16(2, ANSWER_FLAGS | (view.getUint16(2) & RECURSION_DESIRED) | SERVER_FAILURE);
  view.setUint32(6, 0);
  view.setUint16(10, 0);
  return answer;
}
