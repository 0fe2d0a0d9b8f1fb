import { PROXY_LIMITS } from "../proxy_limits.ts";
import { type ByteInput, EndedEarly, TooLong } from "./byte_input.ts";
import { BadAnswer } from "./message_errors.ts";
import { type AnswerHead, latin1, membersOf, readAnswerHead } from "./message_head.ts";

const BEGINNING = "HTTP/";

/**
 * The head of the final answer, or that with which the protocol changes.
 *
 * @param interim Gets the heads before it, such as `100 Continue`.
 * @throws {BadAnswer} @throws {EndedEarly} if the stream ends first. @throws the stream's error.
 */
export async function readFinalAnswer(
  input: ByteInput,
  interim: (head: AnswerHead) => Promise<void> | void = () => {},
): Promise<AnswerHead> {
  for (let heads = 0; heads < PROXY_LIMITS.interimHeads; heads++) {
    const head = await readAnswer(input);
    if (head.status >= 200 || head.status === 101) return head;
    await interim(head);
  }
  throw new BadAnswer("never comes to an end");
}

/**
 * The next head that arrives from a server or proxy.
 *
 * @throws {BadAnswer} @throws {EndedEarly} if the stream ends first. @throws the stream's error.
 */
async function readAnswer(input: ByteInput): Promise<AnswerHead> {
  await refuseOther(input);
  try {
    const bytes = await input.head(PROXY_LIMITS.headBytes);
    if (bytes === undefined) throw new EndedEarly();
    return readAnswerHead(bytes);
  } catch (error) {
    if (error instanceof TooLong) {
      throw new BadAnswer(`has a head of more than ${PROXY_LIMITS.headBytes} bytes`);
    }
    throw error;
  }
}

/** Whether the connection lives on after the answer, as far as its head says. Pure. */
export function keepsConnection({ minor, fields }: Pick<AnswerHead, "minor" | "fields">): boolean {
  const options = [...membersOf(fields, "connection"), ...membersOf(fields, "proxy-connection")];
  return minor === 1 ? !options.includes("close") : options.includes("keep-alive");
}

/** A server of another protocol may greet with a line, and then wait for ever: its first bytes are enough. */
async function refuseOther(input: ByteInput): Promise<void> {
  while (input.peek().length < BEGINNING.length) {
    if (!isBeginning(input.peek())) break;
    if (!await input.more()) break;
  }
  const bytes = input.peek();
  if (bytes.length === 0 || isBeginning(bytes)) return;
  const words = latin1(bytes.subarray(0, 60)).replace(/[^\x20-\x7e]+/g, " ").trim();
  throw new BadAnswer(words === "" ? "is not HTTP" : `is not HTTP but '${words}'`);
}

/** Whether an answer may begin so. Empty lines before it are skipped. */
function isBeginning(bytes: Uint8Array): boolean {
  const text = latin1(bytes.subarray(0, 64)).trimStart().slice(0, BEGINNING.length);
  return BEGINNING.startsWith(text);
}
