import { sleep } from "../../timing/sleep.ts";
import type { MessageBody } from "../http/message_body.ts";
import { type AnswerHead, latin1, valuesOf } from "../http/message_head.ts";
import { PROXY_LIMITS } from "../proxy_limits.ts";

/** As much of a proxy's words as a sentence can hold. */
const MAXIMUM_WORDS = 300;

/**
 * An answer in short and without secrets, with what squid calls the error: `403 Forbidden, ERR_ACCESS_DENIED 0`. What is
 * cut before its secrets are hidden shows the first part of one. Pure.
 */
export function statusText(
  { status, reason, fields }: Omit<AnswerHead, "minor">,
  secrets: readonly (string | undefined)[],
): string {
  const words = (text: string) => printable(withoutSecrets(text, secrets));
  const [error] = valuesOf(fields, "x-squid-error");
  const text = `${status} ${words(reason)}`.trim().slice(0, 120);
  return error === undefined ? text : `${text}, ${words(error).slice(0, 60)}`;
}

/**
 * What a proxy says in its error page: the text without its tags and without secrets, shortened; empty if there is none in
 * a short time. Never rejects. The body is of no use afterwards.
 */
export async function proxyWords(
  body: MessageBody,
  secrets: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  const read = async () => {
    for (let bytes = await body.next(add); bytes !== null; bytes = await body.next(add)) {
      if (length >= PROXY_LIMITS.wordsBytes) return;
    }
  };
  const add = (bytes: Uint8Array) => {
    length += bytes.length;
    parts.push(latin1(bytes.subarray(0, PROXY_LIMITS.wordsBytes)));
  };
  // What has come when it breaks off are words as well.
  await Promise.race([read().catch(() => {}), sleep(PROXY_LIMITS.wordsMilliseconds, signal)]);
  return wordsOfPage(withoutSecrets(parts.join(""), secrets));
}

/** Elements of which nobody reads the text. */
const HIDDEN_TAGS = new Set(["head", "script", "style"]);

/** What is shorter is a part of many words: leaving it out of those would show it. */
const MINIMUM_SECRET = 4;

/** A proxy may show what it was sent. Pure. */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let rest = text;
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= MINIMUM_SECRET) rest = rest.replaceAll(secret, "***");
  }
  return rest;
}

/** The words of a page of HTML or of plain text. Pure. */
export function wordsOfPage(text: string): string {
  const page = text.slice(0, PROXY_LIMITS.wordsBytes);
  // One pass over the text: no pattern here can go back.
  let [words, title] = ["", ""];
  let hidden: string | undefined;
  for (const part of page.split("<")) {
    const end = part.indexOf(">");
    const [, name = ""] = /^(\/?[a-z]{1,10})\b/i.exec(part) ?? [];
    const tag = name.toLowerCase();
    if (hidden === undefined && HIDDEN_TAGS.has(tag)) hidden = `/${tag}`;
    else if (tag === hidden) hidden = undefined;
    if (hidden === undefined) words += ` ${part.slice(end + 1)}`;
    else if (tag === "title") title += part.slice(end + 1);
  }
  // What a page says usually begins with its title again.
  return (printable(words).trim() || printable(title).trim()).slice(0, MAXIMUM_WORDS);
}

/** White space as one blank, and only characters that any log can hold. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, " ");
}
