import assert from "node:assert/strict";
import fc from "fast-check";
import { anyHead } from "../../../tests/fakes/any_head.ts";
import { headEnd, NO_LENGTH, readRequestHead, readResponseHead } from "./http_head.ts";

/** What `http_head.ts` reads from bytes, said again with regular expressions on text. */
const REQUEST_LINE_REGEXP = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/1\.(\d)$/;
const STATUS_LINE_REGEXP = /^HTTP\/1\.[01] (\d{3})(?: |$)/;

type Framing = { contentLength: number; chunked: boolean } | undefined;

function framingOf(lines: readonly string[]): Framing {
  const lengths = valuesOf(lines, "content-length");
  const encodings = valuesOf(lines, "transfer-encoding");
  if (lengths.some((value) => !/^\d{1,15}$/.test(value)) || new Set(lengths.map(Number)).size > 1) {
    return undefined;
  }
  if (encodings.length > 1 || encodings.some((value) => value !== "chunked")) return undefined;
  return { contentLength: Number(lengths[0] ?? NO_LENGTH), chunked: encodings.length > 0 };
}

function expectedRequest(text: string) {
  const [line, ...lines] = linesOf(text);
  const match = REQUEST_LINE_REGEXP.exec(line!);
  const framing = framingOf(lines);
  if (match === null || framing === undefined || lines.some((header) => /^[ \t]/.test(header))) {
    return undefined;
  }
  const isOldest = match[3] === "0";
  if (isOldest && framing.chunked) return undefined;
  const options = valuesOf(lines, "connection").flatMap((value) => value.split(","));
  const encodings = valuesOf(lines, "content-encoding");
  return {
    ...framing,
    method: match[1],
    target: match[2],
    upgrade: valuesOf(lines, "upgrade").length > 0,
    expectsContinue: valuesOf(lines, "expect").length > 0,
    encoded: encodings.some((value) => value !== "" && value !== "identity"),
    closes: isOldest || options.some((option) => trimmed(option) === "close"),
  };
}

function expectedResponse(text: string) {
  const [line, ...lines] = linesOf(text);
  const match = STATUS_LINE_REGEXP.exec(line!);
  const framing = framingOf(lines);
  return match === null || framing === undefined ? undefined : { ...framing, status: Number(match[1]) };
}

/** The lines of a head up to the empty one. */
function linesOf(text: string): string[] {
  return text.split("\n").slice(0, -2).map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
}

function valuesOf(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => lowerCase(line).startsWith(`${name}:`))
    .map((line) => lowerCase(trimmed(line.slice(name.length + 1))));
}

/** Of ASCII only, as Go does it: the sign of the unit kelvin is not a k. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Only what HTTP calls white space goes: Go takes no other away either. */
function trimmed(value: string): string {
  return value.replace(/^[ \t\r]+|[ \t\r]+$/g, "");
}

Deno.test("readRequestHead() and readResponseHead() read from bytes what regular expressions read from text", () => {
  fc.assert(
    fc.property(anyHead, fc.nat(3), (text, offset) => {
      const bytes = new TextEncoder().encode(`${"\n".repeat(offset)}${text}more`);
      const end = headEnd(bytes, offset);
      if (end < 0) return;
      const read = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(offset, end));
      assert.deepEqual(readRequestHead(bytes, offset, end), expectedRequest(read), JSON.stringify(read));
      assert.deepEqual(readResponseHead(bytes, offset, end), expectedResponse(read), JSON.stringify(read));
    }),
    { numRuns: 2_000 },
  );
});
