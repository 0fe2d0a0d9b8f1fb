import { PROXY_LIMITS } from "../proxy_limits.ts";
import { BadAnswer, BadProxyRequest } from "./message_errors.ts";

/** A header line: the name as it was sent, and the value without white space around it. */
export type Field = readonly [name: string, value: string];

export interface RequestHead {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  /** Of HTTP/1. */
  readonly minor: 0 | 1;
  readonly fields: readonly Field[];
}

export interface AnswerHead {
  readonly status: number;
  readonly reason: string;
  /** Of HTTP/1. */
  readonly minor: 0 | 1;
  readonly fields: readonly Field[];
}

const CR = 0x0d;
const LF = 0x0a;
const REQUEST_LINE_REGEXP = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([\x21-\x7e\x80-\xff]+) HTTP\/(\d)\.(\d)$/;
const STATUS_LINE_REGEXP = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: (.*))?$/;
const NAME_REGEXP = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
// deno-lint-ignore no-control-regex
const UNFIT_VALUE_REGEXP = /[\x00-\x08\x0a-\x1f\x7f]/;
// deno-lint-ignore no-control-regex
const UNFIT_REASON_REGEXP = /[\x00-\x1f\x7f]/g;

/**
 * The end of a head: just past its empty line, or -1 if that is still to come. A line may end with LF alone, so that one
 * that does is refused rather than waited for.
 *
 * @param from Where to start: earlier bytes have been searched already, apart from the last three.
 */
export function headEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, Math.max(0, from - 3)); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

/**
 * Parses the head of a request, its empty line included. Strict where two programs could read it differently. Pure.
 *
 * @throws {BadProxyRequest}
 */
export function readRequestHead(bytes: Uint8Array): RequestHead {
  const text = latin1(bytes);
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) {
    throw new BadProxyRequest(400, "a line of its head does not end with CR LF");
  }
  const lines = text.slice(0, -4).split("\r\n");
  if (lines.length - 1 > PROXY_LIMITS.headLines) {
    throw new BadProxyRequest(431, `it has more than ${PROXY_LIMITS.headLines} header lines`);
  }
  const [, method, target, major, minor] = REQUEST_LINE_REGEXP.exec(lines[0]!) ?? [];
  if (method === undefined || target === undefined) {
    throw new BadProxyRequest(400, "its first line is not valid HTTP");
  }
  if (major !== "1") throw new BadProxyRequest(505, "its version of HTTP is not 1.0 or 1.1");
  const fields = lines.slice(1).map((line) => {
    const field = readField(line);
    if (field === undefined) throw new BadProxyRequest(400, "a header line is not valid HTTP");
    return field;
  });
  if (valuesOf(fields, "host").length > 1) throw new BadProxyRequest(400, "it names two hosts");
  return { method, target, minor: minor === "0" ? 0 : 1, fields };
}

/**
 * Parses the head of an answer. As tolerant as clients are: LF ends a line, and a line that begins with a blank belongs to
 * the one before. Pure.
 *
 * @throws {BadAnswer}
 */
export function readAnswerHead(bytes: Uint8Array): AnswerHead {
  const lines = latin1(bytes).replace(/\r?\n(?:\r?\n)$/, "").replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  if (lines.length - 1 > PROXY_LIMITS.headLines) {
    throw new BadAnswer(`has more than ${PROXY_LIMITS.headLines} header lines`);
  }
  const [, minor, status, reason = ""] = STATUS_LINE_REGEXP.exec(lines[0]!) ?? [];
  if (status === undefined) throw new BadAnswer("is not HTTP");
  const fields: Field[] = [];
  for (const line of lines.slice(1)) {
    const field = readField(line);
    if (field === undefined) throw new BadAnswer("has a header line that is not valid HTTP");
    fields.push(field);
  }
  return {
    status: Number(status),
    reason: reason.replace(UNFIT_REASON_REGEXP, " "),
    minor: minor === "0" ? 0 : 1,
    fields,
  };
}

/** The values of all fields of that name, which is in lower case. Pure. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field[0].toLowerCase() === name).map(([, value]) => value);
}

/** The members of a field that is a list, in lower case. Pure. */
export function membersOf(fields: readonly Field[], name: string): string[] {
  const members = valuesOf(fields, name).flatMap((value) => value.toLowerCase().split(","));
  return members.map((member) => member.trim()).filter((member) => member !== "");
}

/** A head as bytes. Pure. */
export function headBytes(firstLine: string, fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  let text = `${firstLine}\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  text += "\r\n";
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** One character per byte, as heads are encoded; TextDecoder's latin1 is windows-1252. Pure. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK_BYTES) as unknown as number[]);
  }
  return text;
}

/** Few enough to pass as arguments of one call. */
const CHUNK_BYTES = 4_096;

function readField(line: string): Field | undefined {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  const value = withoutBlanks(line, colon + 1);
  return NAME_REGEXP.test(name) && !UNFIT_VALUE_REGEXP.test(value) ? [name, value] : undefined;
}

/** The rest of a line from `begin` without the blanks around it. By index: a pattern would try each blank as a beginning. */
function withoutBlanks(line: string, begin: number): string {
  let [from, to] = [begin, line.length];
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
