/**
 * Gives a parser a megabyte of what parsers are bad at, and bounds the time by what a harmless text of the same length
 * takes: nobody's data may stop the host's only loop.
 */
import assert from "node:assert/strict";
import process from "node:process";

/** Length of the texts. */
export const CHARACTERS = 1024 * 1024;
/** How much longer than for a harmless text it may take; what is quadratic takes ten thousand times as long. */
const RATIO = 40;
/** Below this many milliseconds a ratio says nothing: a harmless text may be refused at its first character. */
const GRANTED_MILLISECONDS = 600;

const fill = (text: string) => text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS);

const BENIGN = fill("time=2026-01-01 level=info msg=ready name=web port=80\n");

/** Texts of a megabyte, each with what it is. */
const HOSTILE: Readonly<Record<string, string>> = {
  "a-a-a-": fill("a-"),
  "a.a.a.": fill("a."),
  "tags": fill("<a"),
  "hidden tags": fill("<script><"),
  "one endless line": fill("x"),
  "many newlines": fill("\n"),
  "CR only": fill("\r"),
  "CR CR LF": fill("\r\r\n"),
  "spaces": fill(" "),
  "spaces, then a letter": `${" ".repeat(CHARACTERS - 1)}x`,
  "a letter, spaces, a letter": `x${" ".repeat(CHARACTERS - 2)}x`,
  "a letter, tabs, a letter": `x${"\t".repeat(CHARACTERS - 2)}x`,
  "dots, then a letter": `C:\\${".".repeat(CHARACTERS - 4)}x`,
  "open brackets": fill("["),
  "open objects": fill('{"a":'),
  "quotes": fill('"'),
  "backslashes": fill("\\"),
  "backslashes, then a letter": `"${"\\".repeat(CHARACTERS - 3)}x"`,
  "escaped quotes": fill('\\"'),
  "slashes": fill("/"),
  "percent signs": fill("%"),
  "NULs": fill("\0"),
  "digits": fill("1"),
  "colons": fill("a:"),
  "commas": fill(","),
  "at signs in URLs": fill("://a:b@"),
  "URLs without credentials": fill("a://b:c "),
  "nearly a secret": fill("secret-key-"),
  "nearly a password": fill("password "),
  "an open password": `password="${fill("x\\")}`,
  "nearly a token": fill("ghp_aaaa eyJaaaaa. "),
  "nearly a build command": fill('process "/bin/sh -c '),
  "open pairs": fill('a="'),
  "open sections": fill("[a\n"),
  "nearly wsl's error": fill("Wsl/Service/"),
  "header lines": fill("GET / HTTP/1.1\r\nA: b\r\n"),
  "empty chunks": fill("1;x=\r\n"),
  "events": fill("data: x\n"),
};

/** Times that are tried before a text counts as slow: the garbage of other texts is collected in some of them. */
const ATTEMPTS = 3;

/**
 * Milliseconds of the processors for the text, which do not depend on what else the machine does. A refusal is an
 * answer like another.
 */
async function timeOf(parse: (text: string) => unknown, text: string): Promise<number> {
  const start = process.cpuUsage();
  try {
    await parse(text);
  } catch (error) {
    assert.ok(!(error instanceof RangeError && error.message.includes("call stack")), String(error));
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** The shortest of several times, as far as more than one is needed to be within the limit. */
async function bestTimeOf(parse: (text: string) => unknown, text: string, limit: number): Promise<number> {
  let best = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && best > limit; attempt++) {
    best = Math.min(best, await timeOf(parse, text));
  }
  return best;
}

/** Defines a test for each parser, by its name. */
export function testLinearTime(parsers: Readonly<Record<string, (text: string) => unknown>>): void {
  for (const [name, parse] of Object.entries(parsers)) {
    Deno.test(`${name} takes linear time for every hostile megabyte`, async () => {
      await timeOf(parse, BENIGN); // compiled by now
      const limit = GRANTED_MILLISECONDS + RATIO * await timeOf(parse, BENIGN);
      const slow: string[] = [];
      for (const [what, text] of Object.entries(HOSTILE)) {
        const time = await bestTimeOf(parse, text, limit);
        if (time > limit) slow.push(`${what}: ${time.toFixed(0)} ms, ${limit.toFixed(0)} are allowed`);
      }
      assert.deepEqual(slow, []);
    });
  }
}

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A stream that gives the text in pages. */
export function streamOf(text: string): { read(): Promise<Uint8Array | null> } {
  const bytes = bytesOf(text);
  let at = 0;
  return {
    read: () => Promise.resolve(at < bytes.length ? bytes.subarray(at, at += 4_096) : null),
  };
}
